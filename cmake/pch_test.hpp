// Precompiled for the tests: what pch.hpp has, and GoogleTest.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pch.hpp"

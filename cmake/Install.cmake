# cmake --install: the two programs, the engine that quickstart fetched, the built-in model.
if(TARGET llf)
  install(TARGETS llf RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET llfd)
  install(TARGETS llfd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES "${CMAKE_SOURCE_DIR}/assets/models/llf-nano.gguf"
  DESTINATION ${CMAKE_INSTALL_DATADIR}/llf/models OPTIONAL)

# What a build tree and an installed tree hold beside the programs: the built-in model in
# share/llf/models, prompt templates in share/llf/prompts and, in lib/llf/engine, the llama-server
# that tools/engine fetched.

# The build tree has the folders of the checkout.
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/share/llf")
foreach(asset models prompts catalog.json)
  file(CREATE_LINK "${CMAKE_SOURCE_DIR}/assets/${asset}" "${CMAKE_BINARY_DIR}/share/llf/${asset}"
    SYMBOLIC)
endforeach()

# New folders are for everybody to enter, whatever the umask of who installs. CMake has no umask.
install(CODE [[
  execute_process(COMMAND sh -c
    "umask 022 && mkdir -p \"$0\" && cd \"$0\" && mkdir -p bin share/llf/models share/llf/prompts"
    "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}" COMMAND_ERROR_IS_FATAL ANY)]])

foreach(program llf llfd)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION bin)
  endif()
endforeach()
install(FILES "${CMAKE_SOURCE_DIR}/assets/models/llf-nano.gguf" DESTINATION share/llf/models
  OPTIONAL)
install(FILES "${CMAKE_SOURCE_DIR}/assets/catalog.json" DESTINATION share/llf)
file(GLOB prompts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/assets/prompts/*.json")
install(FILES ${prompts} DESTINATION share/llf/prompts)

# The unit names the programs where they are installed, which is known only then.
install(CODE "
  configure_file(\"${CMAKE_SOURCE_DIR}/packaging/llf.service.in\"
    \"${CMAKE_BINARY_DIR}/llf.service\" @ONLY)
  file(INSTALL \"${CMAKE_BINARY_DIR}/llf.service\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/user\")")

# A private engine names its own libraries by absolute paths, so it is not copied but provided anew,
# from the one of the build tree when that has one.
install(CODE "
  if(EXISTS \"${CMAKE_BINARY_DIR}/lib/llf/engine/current\" AND NOT DEFINED ENV{DESTDIR})
    execute_process(
      COMMAND \"${CMAKE_SOURCE_DIR}/tools/engine\" install
        --prefix \"\${CMAKE_INSTALL_PREFIX}/lib/llf/engine\"
        --from \"${CMAKE_BINARY_DIR}/lib/llf/engine\"
      COMMAND_ERROR_IS_FATAL ANY)
  endif()")

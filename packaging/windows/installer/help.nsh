; /?: for technicians. Both languages, since they copy it into tickets.

!define CODES "0  完成 done$\r$\n1  已取消 cancelled$\r$\n2  文件没有写成 files could not be written$\r$\n${TOO_OLD}  Windows 太旧 Windows too old$\r$\n${IN_USE}  正在录制、上传或安装 recording, uploading or installing$\r$\n${STILL_OPEN}  窗口没有关闭 the window did not close$\r$\n${WRONG_FOLDER}  文件夹不合适 a folder that holds other things$\r$\n${NO_SPACE}  空间不足 disk full$\r$\n${EVIDENCE_HELD}  录像还在保存期内 recordings must still be kept"

!macro HelpIfAsked WORDS
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/?" $1
  ${IfNot} ${Errors}
    MessageBox MB_OK|MB_ICONINFORMATION "${WORDS}$\r$\n$\r$\n退出代码 / exit codes$\r$\n${CODES}" /SD IDOK
    SetErrorLevel 0
    Quit
  ${EndIf}
!macroend
!define HelpIfAsked "!insertmacro HelpIfAsked"

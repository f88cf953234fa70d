using System.CommandLine;
using Ringwright.Server.Modules;

namespace Ringwright.Server.Cli;

/// <summary>What a module's documents can be asked on the command line.</summary>
internal static class DocumentCommand
{
    public static Command Create(ScriptLanguage kind) =>
        new(kind.Name, "Documents that answer calls: check one, or play it.")
        {
            DocumentCheckCommand.Create(kind), DocumentRunCommand.Create(kind)
        };
}

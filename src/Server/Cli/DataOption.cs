using System.CommandLine;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary><c>--data</c> on commands that talk to the node of a data folder.</summary>
internal static class DataOption
{
    public static Option<string> Create() => new("--data")
    {
        Description = "the node's data folder",
        HelpName = "DIR",
        DefaultValueFactory = _ => EnvironmentText.Find("RINGWRIGHT_DATA") ?? "./.ringwright",
    };

    public static string Folder(this ParseResult parsed, Option<string> data) => Path.GetFullPath(parsed.GetRequiredValue(data));
}

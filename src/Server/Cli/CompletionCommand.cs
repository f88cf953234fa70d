using System.CommandLine;

namespace Ringwright.Server.Cli;

/// <summary><c>completion bash</c>: a script by which the shell asks the program what can follow.</summary>
internal static class CompletionCommand
{
    public const string Asked = "complete";

    /// <summary>Words and flags; where nothing fits, or a file is wanted, the shell's own names of files.</summary>
    internal const string Bash = """
        _ringwright() {
            mapfile -t COMPREPLY < <("$1" complete -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
        }
        complete -o default -F _ringwright ringwright ./ringwright
        """;

    public static Command Create()
    {
        var bash = new Command("bash", "Print the script for bash: put 'source <(ringwright completion bash)' into ~/.bashrc.");
        bash.SetAction((_, _) => WriteAsync(Bash));
        return new("completion", "Let the shell complete commands and flags.") { bash };
    }

    /// <summary>For the script: what may stand at the end of a line, one word in each.</summary>
    public static Command CreateAsked()
    {
        var line = new Argument<string>("line") { Description = "what was typed, with the program's name" };
        var command = new Command(Asked, "What can follow.") { line };
        command.Hidden = true;
        command.SetAction((parsed, _) => WriteAsync(string.Join('\n', Of(parsed.GetRequiredValue(line)))));
        return command;
    }

    internal static IEnumerable<string> Of(string line)
    {
        // The program's own name is not the parser's business.
        int begin = line.IndexOf(' ');
        if (begin < 0) return [];
        string typed = line[(begin + 1)..];
        return CommandLine.Create(null).Parse(typed).GetCompletions(typed.Length)
            .Select(word => word.InsertText ?? word.Label).Where(word => word.Length > 0 && word[0] is not ('/' or '?')).Distinct();
    }

    private static async Task<int> WriteAsync(string text)
    {
        await Console.Out.WriteLineAsync(text);
        return 0;
    }
}

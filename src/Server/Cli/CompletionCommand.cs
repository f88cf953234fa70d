using System.CommandLine;

namespace Ringwright.Server.Cli;

/// <summary><c>completion bash|zsh</c>: a script by which the shell asks the program what can follow.</summary>
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

    /// <summary>The same for zsh, which finds the program by the last part of how it was typed.</summary>
    internal const string Zsh = """
        _ringwright() {
            local -a offered
            offered=(${(f)"$(${~words[1]} complete -- "${(j: :)words[1,CURRENT-1]} $PREFIX" 2>/dev/null)"})
            if (( $#offered )); then compadd -- $offered; else _files; fi
        }
        compdef _ringwright ringwright
        """;

    public static Command Create()
    {
        var bash = new Command("bash", "Print the script for bash: put 'source <(ringwright completion bash)' into ~/.bashrc.");
        bash.SetAction((_, _) => WriteAsync(Bash));
        var zsh = new Command("zsh", "Print the script for zsh: put 'source <(ringwright completion zsh)' into ~/.zshrc, behind compinit.");
        zsh.SetAction((_, _) => WriteAsync(Zsh));
        return new("completion", "Let the shell complete commands and flags.") { bash, zsh };
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

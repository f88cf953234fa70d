using System.Text;
using Ringwright.Server.Cli;

namespace Ringwright.Edge.Server;

/// <summary>
/// A command of the program inside the test's process, from its line to its exit code, without the start of a process. The console is
/// the process's: what is written there goes to whoever ran the command, and else where it went before. What only a process has (its
/// mask of file modes, its log on stderr, its signals) is for whole starts, as in <see cref="ProgramTests"/>.
/// </summary>
internal static class CommandRun
{
    private static readonly AsyncLocal<TextWriter?> Output = new(), Errors = new();

    static CommandRun()
    {
        Console.SetOut(new Fork(Output, Console.Out));
        Console.SetError(new Fork(Errors, Console.Error));
    }

    public static async Task<(int Exit, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        (Output.Value, Errors.Value) = (output, errors);
        int exit = await CommandLine.RunAsync(arguments);
        return (exit, output.ToString(), errors.ToString());
    }

    /// <summary>What is wrong with the call was said in one line on stderr, and the exit code is 2.</summary>
    public static void Refuses(string named, (int Exit, string Output, string Errors) run)
    {
        Assert.Equal((2, ""), (run.Exit, run.Output));
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
        Assert.Contains(named, run.Errors, StringComparison.Ordinal);
    }

    /// <summary>The console calls it by one thread at a time.</summary>
    private sealed class Fork(AsyncLocal<TextWriter?> runs, TextWriter usual) : TextWriter
    {
        public override Encoding Encoding => usual.Encoding;

        private TextWriter Now => runs.Value ?? usual;

        public override void Write(char value) => Now.Write(value);
        public override void Write(char[] buffer, int index, int count) => Now.Write(buffer, index, count);
        public override void Write(string? value) => Now.Write(value);
        public override void Flush() => Now.Flush();
    }
}

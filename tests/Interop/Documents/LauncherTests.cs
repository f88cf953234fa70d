using System.Diagnostics;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>The launcher in a tree of its own, with a .NET SDK that only says what it was asked.</summary>
public sealed partial class LauncherTests : IDisposable
{
    private readonly TempFolder _tree = new();

    public LauncherTests()
    {
        foreach (string file in new[] { "ringwright", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json" })
            File.Copy(Repository.PathOf(file), _tree.File(file));
        Directory.CreateDirectory(_tree.File("src"));
        Directory.CreateDirectory(_tree.File("bin"));
        File.WriteAllText(_tree.File("src/a.cs"), "first");
        // Nothing is installed here either.
        Program("apt-get", "exit 1");
        Program("dotnet", """
            case $1 in
              --version) echo 10.0.400 ;;
              build) echo "  Server -> ringwright.dll"; mkdir -p artifacts/bin/Server/release; : >artifacts/bin/Server/release/ringwright.dll ;;
              *) shift; echo "ran $*" ;;
            esac
            """);
    }

    private void Program(string name, string text)
    {
        string file = Path.Combine(_tree.File("bin"), name);
        File.WriteAllText(file, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task A_service_that_was_never_built_is_not_compiled_where_nobody_sits()
    {
        var (status, text) = await RunAsync("sh", "./ringwright", "serve");
        Assert.Equal(2, status);
        Assert.Contains("nothing is built yet", text, StringComparison.Ordinal);
        Assert.False(File.Exists(_tree.File("artifacts/bin/Server/release/ringwright.dll")));
    }

    [Fact]
    public async Task At_a_terminal_it_is_compiled_with_its_progress()
    {
        Tool.Require("script");
        var (status, text) = await RunAsync("script", "-qec", "sh ./ringwright serve --lab", "/dev/null");
        Assert.Equal(0, status);
        Assert.Contains("building Server.csproj", text, StringComparison.Ordinal);
        Assert.Contains("1 projects after", text, StringComparison.Ordinal);
        Assert.Contains("ran serve --lab", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("trunk")]
    public async Task A_stale_build_is_said_and_run_as_it_is(string command)
    {
        await RunAsync("sh", "./ringwright", "demo");
        Assert.DoesNotContain("./ringwright build", (await RunAsync("sh", "./ringwright", command)).Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_tree.File("src/a.cs"), "second", TestContext.Current.CancellationToken);
        var (status, text) = await RunAsync("sh", "./ringwright", command);
        Assert.Equal(0, status);
        Assert.Contains("./ringwright build brings it up to date", text, StringComparison.Ordinal);
        Assert.DoesNotContain("building", text, StringComparison.Ordinal);
        Assert.Contains("ran " + command, text, StringComparison.Ordinal);
    }

    /// <summary>The program lists its own; the launcher has more.</summary>
    [Fact]
    public async Task Its_help_names_every_command_of_the_program()
    {
        string help = (await RunAsync("sh", "./ringwright", "--help")).Text;
        string program = (await RunAsync(["dotnet", Repository.PathOf("artifacts", "bin", "Server", "release", "ringwright.dll"), "--help"], hasFake: false)).Text;
        var commands = CommandLine().Matches(program[program.IndexOf("Commands:", StringComparison.Ordinal)..]).Select(found => found.Groups[1].Value).ToList();
        Assert.InRange(commands.Count, 15, 100);
        Assert.All(commands, command => Assert.Matches($@"(?m)^  (.* )?{command}  ", help));
    }

    private Task<(int Status, string Text)> RunAsync(params string[] line) => RunAsync(line, hasFake: true);

    private async Task<(int Status, string Text)> RunAsync(string[] line, bool hasFake)
    {
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = _tree.Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (hasFake) start.Environment["PATH"] = $"{_tree.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{line[0]} did not start");
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"^  ([a-z]+) ", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    public void Dispose() => _tree.Dispose();
}

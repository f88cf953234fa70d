using System.Diagnostics;
using Ringwright.Server.Cli;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What the shell offers, and what is offered to who mistyped.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("ringwright tru", "trunk")]
    [InlineData("./ringwright trunk ", "add,list,remove,set,test")]
    [InlineData("ringwright trunk list --j", "--json")]
    [InlineData("ringwright calls e", "end")]
    [InlineData("ringwright calls --rec", "--recent")]
    [InlineData("ringwright call ", "list,show,trace,end")]
    [InlineData("ringwright number ", "list,set,import")]
    [InlineData("ringwright streams --w", "--watch")]
    [InlineData("ringwright phones --w", "--watch")]
    [InlineData("ringwright completion ", "bash,zsh")]
    public void A_line_is_completed_by_what_may_stand_at_its_end(string line, string words)
    {
        var offered = CompletionCommand.Of(line).ToHashSet(StringComparer.Ordinal);
        Assert.Superset(words.Split(',').ToHashSet(StringComparer.Ordinal), offered);
        Assert.DoesNotContain("complete", offered);
        Assert.DoesNotContain(offered, word => word.StartsWith('/'));
    }

    [Fact]
    public async Task The_script_is_one_that_bash_reads()
    {
        Tool.Require("bash");
        using var folder = new TempFolder();
        string file = folder.File("completion");
        await File.WriteAllTextAsync(file, CompletionCommand.Bash, TestContext.Current.CancellationToken);
        using var bash = Process.Start("bash", ["-c", $"source '{file}' && complete -p ringwright >/dev/null"]);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, bash.ExitCode);
    }

    [Fact]
    public async Task The_script_for_zsh_asks_as_that_for_bash_does()
    {
        var (exit, output, _) = await CommandRun.RunAsync("completion", "zsh");
        Assert.Equal((0, CompletionCommand.Zsh + Environment.NewLine), (exit, output));
        Assert.Contains("complete -- ", output, StringComparison.Ordinal);
        Assert.EndsWith("compdef _ringwright ringwright", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trnuk", "trunk")]
    [InlineData("trunks", "trunk")]
    [InlineData("queuse", "queues")]
    [InlineData("serv", "serve")]
    [InlineData("dance", null)]
    [InlineData("x", null)]
    public void A_mistyped_command_names_the_one_that_was_meant(string typed, string? meant) =>
        Assert.Equal(meant, Nearest.Of(typed, CommandLine.Create(null)));

    [Fact]
    public void A_mistyped_flag_names_one_of_its_command()
    {
        var serve = CommandLine.Create("serve").Subcommands.Single();
        Assert.Equal("--http", Nearest.Of("--htpp", serve));
        Assert.Equal("--api-key", Nearest.Of("--apikey", serve));
        Assert.Null(Nearest.Of("--nonsense", serve));
    }
}

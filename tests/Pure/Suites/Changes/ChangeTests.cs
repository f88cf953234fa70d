using System.Diagnostics;
using Ringwright.Suites;
using Ringwright.Suites.Changes;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites.Changes;

/// <summary>What git says has changed, in a repository of its own.</summary>
public sealed class ChangeTests : IDisposable
{
    private readonly TempFolder _tree = new();

    public ChangeTests()
    {
        Tool.Require("git");
        Git("init", "-q", "-b", "main");
        Write("old.md", "1");
        Write("kept.md", "1");
        Commit("first");
        Git("checkout", "-q", "-b", "work");
        Write("committed.md", "1");
        Commit("second");
    }

    [Fact]
    public async Task What_is_committed_and_what_is_not_yet_are_both_a_change()
    {
        Write("kept.md", "2");
        Write("new name.md", "1");
        Write("artifacts/x.md", "1");
        Write(".gitignore", "artifacts/\n");
        File.Delete(_tree.File("old.md"));
        Write("staged.md", "1");
        Git("add", "staged.md");
        string start = await Change.BeginningAsync(_tree.Path, "");
        Assert.Equal([".gitignore", "committed.md", "kept.md", "new name.md", "old.md", "staged.md"],
            await Change.FilesAsync(_tree.Path, start));
        start = await Change.BeginningAsync(_tree.Path, "HEAD");
        Assert.DoesNotContain("committed.md", await Change.FilesAsync(_tree.Path, start));
    }

    [Fact]
    public async Task What_others_did_on_main_is_no_change_of_this_branch()
    {
        Git("checkout", "-q", "main");
        Write("others.md", "1");
        Commit("others");
        Git("checkout", "-q", "work");
        Assert.Equal(["committed.md"], await Change.FilesAsync(_tree.Path, await Change.BeginningAsync(_tree.Path, "")));
    }

    [Fact]
    public async Task A_revision_that_is_not_known_is_said()
    {
        var wrong = await Assert.ThrowsAsync<FormatException>(() => Change.BeginningAsync(_tree.Path, "nowhere"));
        Assert.Contains("'nowhere'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_plan_is_written_for_the_launcher()
    {
        var said = new List<string>();
        await Change.SinceAsync(new Tree(_tree.Path, _tree.Path), "main",
            [new XunitSuite("Architecture", isPatient: true, hasSecondTry: false)], said.Add);
        Assert.EndsWith("  Architecture: all of its gate", string.Join('\n', said), StringComparison.Ordinal);
        Assert.Equal("Architecture\n", File.ReadAllText(_tree.File("artifacts/changed.suites")));
        Assert.Contains("../Ringwright.slnx", File.ReadAllText(_tree.File("artifacts/changed.slnf")), StringComparison.Ordinal);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_tree.File(name))!);
        File.WriteAllText(_tree.File(name), text);
    }

    private void Commit(string subject)
    {
        Git("add", "-A");
        Git("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", subject);
    }

    private void Git(params string[] words)
    {
        using var git = Process.Start("git", ["-C", _tree.Path, .. words]);
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    public void Dispose() => _tree.Dispose();
}

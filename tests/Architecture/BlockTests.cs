using Ringwright.Interop.Documents;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>What every block of README, tutorials and how-tos is, before any is run.</summary>
public sealed class BlockTests
{
    private static readonly string[] Words = ["", "background", "fails", "from", "not run"];

    private static IEnumerable<Block> All => Document.All.SelectMany(path => Document.Read(path).Blocks);

    [Fact]
    public void What_a_comment_says_of_its_block_is_a_word_of_the_suite() =>
        Assert.All(All, block => Assert.Contains(block.Comment.Word, Words));

    /// <summary>Blocks that nothing here can run. Each one more needs a reason that is as good, which the diff shows.</summary>
    [Fact]
    public void Blocks_that_are_not_run_are_these_and_each_says_why() => Golden.Matches("blocks-not-run.txt", NotRun(All));

    [Fact]
    public void A_block_that_nothing_runs_is_a_line_of_the_list()
    {
        var page = Document.Read("docs/how-to/fly.md",
            ["# Fly", "", "<!-- not run: there is no moon here -->", "```sh", "fly --to moon", "```", "", "```sh", "fly --to sea", "```"]);
        Assert.Equal("docs/how-to/fly.md: there is no moon here\n", NotRun(page.Blocks));
        Assert.Equal(NotRun(All) + NotRun(page.Blocks), NotRun(All.Concat(page.Blocks)));
    }

    [Fact]
    public void What_is_quoted_is_in_the_file_it_is_quoted_from()
    {
        foreach (var block in All.Where(b => b.IsQuoted))
        {
            Assert.True(block.Comment.Word == "from", $"{block}: a block that is not typed and not printed says what it is quoted from");
            var file = File.ReadAllLines(Repository.PathOf(block.Comment.Text)).Select(line => line.Trim())
                .ToHashSet(StringComparer.Ordinal);
            foreach (string line in block.Lines.Where(l => l.Trim() is not ("" or "…")))
                Assert.True(file.Contains(line.Trim()), $"{block}: {block.Comment.Text} has no line: {line.Trim()}");
        }
    }

    private static string NotRun(IEnumerable<Block> blocks) =>
        string.Concat(blocks.Where(block => !block.IsRun).Select(block => $"{block.Path}: {block.Comment.Text}\n"));
}

using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>What is written works: every block of README, tutorials and how-tos, as it stands there.</summary>
public sealed class DocumentTests(DocumentRuns runs) : IClassFixture<DocumentRuns>
{
    /// <summary>Blocks that nothing here can run; each one more needs a reason that is as good.</summary>
    private const int MostNotRun = 10;

    private static readonly string[] Programs = ["bash", "git", "curl", "setsid", "espeak-ng"];
    // What single documents type besides.
    private static readonly string[] MorePrograms = ["python3", "openssl", "baresip", "sipp"];
    private static readonly string[] Words = ["", "background", "fails", "from", "not run"];

    public static TheoryData<string> Documents => [.. Document.OfThisRun];

    [Theory, MemberData(nameof(Documents))]
    public async Task Every_block_does_what_its_document_says(string path)
    {
        var blocks = Document.Read(path).Blocks;
        Tool.Require([.. Programs, .. MorePrograms.Where(program =>
            blocks.Any(block => block.IsTyped && block.Text.Contains(program, StringComparison.Ordinal)))]);
        string wrong = (await runs.OfAsync(path)).Wrong;
        Assert.True(wrong.Length == 0, wrong);
    }

    [Fact]
    public void At_most_ten_blocks_are_not_run_and_each_says_why()
    {
        var blocks = Document.All.SelectMany(path => Document.Read(path).Blocks).ToList();
        Assert.All(blocks, block => Assert.Contains(block.Comment.Word, Words));
        Assert.InRange(blocks.Count(b => !b.IsRun), 0, MostNotRun);
    }

    [Fact, Depth("the gate types README and the tutorial, and reads the blocks of all others")]
    public async Task Every_other_block_was_run_or_is_quoted()
    {
        Tool.Require([.. Programs, .. MorePrograms]);
        var output = TestContext.Current.TestOutputHelper!;     // there is a test
        int typed = 0, compared = 0, quoted = 0, marked = 0;
        foreach (string path in Document.All)
        {
            var blocks = Document.Read(path).Blocks;
            var run = await runs.OfAsync(path);
            Assert.Equal((path, blocks.Count(b => b.IsTyped || b.IsCompared)), (path, run.Blocks));
            output.WriteLine($"{path}: {run.Blocks} of {blocks.Count} blocks run in {run.Took.TotalSeconds:0} s");
            typed += blocks.Count(b => b.IsTyped);
            compared += blocks.Count(b => b.IsCompared);
            quoted += blocks.Count(b => b.IsQuoted);
            marked += blocks.Count(b => !b.IsRun);
        }
        output.WriteLine(
            $"{typed} blocks typed, {compared} compared with what was printed, {quoted} quoted, {marked} marked; {runs.Where}");
        Assert.InRange(typed, 60, int.MaxValue);
    }

    [Fact]
    public void What_is_quoted_is_in_the_file_it_is_quoted_from()
    {
        foreach (var block in Document.All.SelectMany(path => Document.Read(path).Blocks).Where(b => b.IsQuoted))
        {
            Assert.True(block.Comment.Word == "from", $"{block}: a block that is not typed and not printed says what it is quoted from");
            var file = File.ReadAllLines(Repository.PathOf(block.Comment.Text)).Select(line => line.Trim())
                .ToHashSet(StringComparer.Ordinal);
            foreach (string line in block.Lines.Where(l => l.Trim() is not ("" or "…")))
                Assert.True(file.Contains(line.Trim()), $"{block}: {block.Comment.Text} has no line: {line.Trim()}");
        }
    }

    [Theory]
    [InlineData("     60/60  Gerda    +15550000000  try 1  answered", "60/60 Gerda +15550000000 try 2 answered", true)]
    [InlineData("     60/60  Gerda    +15550000000  try 1  answered", "60/60 Gerda +15550000001 try 2 answered", false)]
    [InlineData("leg 6e2fd84c-b9c1-11f0-9c2e-0242ac110002 inbound: …", "leg 01a1faf0-b034-729a-9326-bf050f2c1f08 inbound: +4930123", true)]
    [InlineData("carrier answered 200: it is there", "carrier did not answer", false)]
    public void What_differs_from_run_to_run_may_differ(string written, string printed, bool fits) =>
        Assert.Equal(fits, System.Text.RegularExpressions.Regex.IsMatch(printed,
            DocumentScript.Pattern(written).Replace("[[:space:]]", @"\s", StringComparison.Ordinal)));
}

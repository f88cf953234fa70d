using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>What is written works: every block of README, tutorials and how-tos, as it stands there.</summary>
public sealed class DocumentTests(DocumentRuns runs) : IClassFixture<DocumentRuns>
{
    private static readonly string[] Programs = ["bash", "git", "curl", "setsid", "espeak-ng"];
    // What single documents type besides.
    private static readonly string[] MorePrograms = ["python3", "openssl", "baresip", "sipp"];

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
            Assert.True(blocks.Count(b => b.IsTyped || b.IsCompared) == run.Blocks, $"{path}: {run.Blocks} blocks were begun\n{run.Wrong}");
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
}

using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

public sealed class NodeSuiteTests
{
    /// <summary>A file's name runs that one; what may be a part of a test's name is looked for in all of them.</summary>
    [Theory]
    [InlineData(null, "parameters.test.js walk.test.js")]
    [InlineData("parameters.test.js", "parameters.test.js")]
    [InlineData("deep.test.js", "deep.test.js")]
    [InlineData("every parameter", "deep.test.js parameters.test.js walk.test.js")]
    [InlineData("gone.test.js", "")]
    public void A_filter_that_is_the_name_of_a_file_runs_that_file(string? filter, string files)
    {
        using var folder = new TempFolder();
        var tree = new Tree(folder.Path, folder.File("reports"));
        Directory.CreateDirectory(tree.NodeFolder);
        foreach (var (name, text) in new[]
        {
            ("parameters.test.js", "// Rows."), ("walk.test.js", "// Calls."), ("deep.test.js", "// depth: all, slow"), ("rows.js", "")
        })
            File.WriteAllText(Path.Combine(tree.NodeFolder, name), text + "\n");
        Assert.Equal(files, string.Join(' ', NodeSuite.FilesOf(new Ask(tree, filter, IsAll: false, TimeSpan.FromMinutes(1)))));
    }

    /// <summary>Lanes, with what one of them runs one behind the other joined by a comma.</summary>
    [Theory]
    [InlineData(false, null, "openapi.test.js,sdk.test.js walk.test.js smpp.test.js")]
    [InlineData(true, null, "walk.test.js openapi.test.js sdk.test.js smpp.test.js")]
    [InlineData(false, "a call", "walk.test.js openapi.test.js sdk.test.js smpp.test.js")]
    public void In_the_gate_files_that_want_nothing_of_their_node_take_turns_on_one(bool isAll, string? filter, string lanes)
    {
        var ask = new Ask(new Tree("/", "/"), filter, isAll, TimeSpan.FromMinutes(1));
        var found = NodeSuite.LanesOf(ask, ["openapi.test.js", "sdk.test.js", "smpp.test.js", "walk.test.js"]);
        Assert.Equal(lanes, string.Join(' ', found.Select(lane => string.Join(',', lane))));
    }

    [Fact]
    public void One_file_that_would_take_turns_has_a_node_of_its_own()
    {
        var ask = new Ask(new Tree("/", "/"), Filter: null, IsAll: false, TimeSpan.FromMinutes(1));
        Assert.All(NodeSuite.LanesOf(ask, ["sdk.test.js", "smpp.test.js"]), lane => Assert.Single(lane));
    }

    [Fact]
    public void Who_takes_turns_starts_a_node_without_flags_and_does_not_kill_it()
    {
        foreach (string file in NodeSuite.InTurn)
        {
            string text = File.ReadAllText(Repository.PathOf("tests", "Interop", "node", file));
            Assert.Contains("startNode()", text, StringComparison.Ordinal);
            Assert.DoesNotContain("node.kill(", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"startNode\([^)]", text);
        }
    }
}

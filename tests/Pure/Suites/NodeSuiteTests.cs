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

    /// <summary>Below those of softphones' audio.</summary>
    [Fact]
    public void Files_that_run_at_once_find_their_ports_apart()
    {
        var ask = new Dictionary<string, string> { ["RINGWRIGHT_DEPTH"] = "gate" };
        var taken = new HashSet<int>();
        for (int file = 0; file < 40; file++)
        {
            var environment = NodePorts.With(ask);
            Assert.Equal("gate", environment["RINGWRIGHT_DEPTH"]);
            int[] ends = [.. environment[NodePorts.Variable].Split('-').Select(int.Parse)];
            Assert.InRange(ends[0], 14_000, ends[1]);
            Assert.InRange(ends[1], ends[0], 15_599);
            for (int port = ends[0]; port <= ends[1]; port++) Assert.True(taken.Add(port), $"{port} is two files'");
        }
    }
}

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
}

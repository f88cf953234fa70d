using System.Security.Cryptography;
using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

public sealed class NodePackagesTests
{
    [Fact]
    public async Task Packages_that_are_there_are_fetched_by_nobody()
    {
        using var folder = new TempFolder();
        var tree = new Tree(folder.Path, folder.Path);
        string stamps = Path.Combine(tree.Artifacts, "stamp");
        foreach (string made in new[] { Path.Combine(tree.NodeFolder, "node_modules"), stamps }) Directory.CreateDirectory(made);
        File.WriteAllText(Path.Combine(tree.NodeFolder, "package-lock.json"), "{}");
        File.WriteAllText(Path.Combine(stamps, "node"), Convert.ToHexStringLower(SHA256.HashData("{}"u8)) + " of the gate\n");

        var report = await new NodePackages().RunAsync(new Ask(tree, Filter: null, IsAll: false, TimeSpan.FromMinutes(1)));
        Assert.Equal((0, 0), (report.Passed, report.Failed));
        Assert.False(File.Exists(tree.Report("npm", "log")));
    }
}

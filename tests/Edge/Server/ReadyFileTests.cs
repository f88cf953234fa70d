using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary><c>--ready-file</c>, where its folder goes while the node runs.</summary>
public sealed class ReadyFileTests
{
    [Fact]
    public void A_folder_that_is_gone_refuses_a_start_and_no_stop()
    {
        using var folder = new TempFolder();
        string file = Path.Combine(folder.Path, "gone", "ready");
        Assert.StartsWith("--ready-file", Assert.Throws<StartRefused>(() => ReadyFile.Remove(file)).Message, StringComparison.Ordinal);
        ReadyFile.Forget(file);
        ReadyFile.Forget(null);
        string there = folder.File("ready");
        File.WriteAllText(there, "{}");
        ReadyFile.Forget(there);
        Assert.False(File.Exists(there));
    }
}

using System.Diagnostics;

namespace Ringwright.Suites;

/// <summary>
/// A node on which files of the Node suite take turns (tests/Interop/node/lend.js). A program beside the files has started it and ends it
/// when its input ends, however the run ends.
/// </summary>
internal sealed class LentNode : IAsyncDisposable
{
    /// <summary>Names to a file the node that it borrows, as node.js reads it.</summary>
    public const string Variable = "RINGWRIGHT_LENT_NODE";

    private static readonly TimeSpan End = TimeSpan.FromSeconds(30);

    private readonly Process _lender;

    private LentNode(Process lender, string place) => (_lender, Place) = (lender, place);

    /// <summary>Its addresses, key and folder, as JSON on a line.</summary>
    public string Place { get; }

    /// <returns>Null where it does not start: then each file starts one of its own, and says what is wrong.</returns>
    public static async Task<LentNode?> StartAsync(Ask ask)
    {
        var start = new ProcessStartInfo("node", ["lend.js"])
        {
            WorkingDirectory = ask.Tree.NodeFolder, RedirectStandardInput = true, RedirectStandardOutput = true
        };
        foreach (var (name, value) in NodePorts.With(ask.EnvironmentOfNodes)) start.Environment[name] = value;
        var lender = Process.Start(start) ?? throw new InvalidOperationException("node did not start");
        // It gives up by itself after two minutes.
        if (await lender.StandardOutput.ReadLineAsync() is { Length: > 0 } place) return new(lender, place);
        await lender.WaitForExitAsync();
        lender.Dispose();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _lender.StandardInput.Close();
        var over = _lender.WaitForExitAsync();
        if (await Task.WhenAny(over, Task.Delay(End)) != over) _lender.Kill(entireProcessTree: true);
        _lender.Dispose();
    }
}

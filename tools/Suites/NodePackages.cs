using System.Diagnostics;
using System.Security.Cryptography;

namespace Ringwright.Suites;

/// <summary>
/// Fetches the packages of the Node suite beside those that run before it. It counts as no test: where it fails, the suite tries once more,
/// and says so.
/// </summary>
internal sealed class NodePackages : ISuite
{
    public const string Step = "packages";

    public string Name => Step;

    public bool IsPatient => true;

    public bool HasSecondTry => false;

    /// <summary>It reads all folders of tests, and folders of packages come and go.</summary>
    public string Behind => "Architecture";

    public async Task<SuiteReport> RunAsync(Ask ask)
    {
        long begun = Stopwatch.GetTimestamp();
        await InstallAsync(ask);
        return new SuiteReport(Step, 0, 0, 0, Stopwatch.GetElapsedTime(begun).TotalSeconds, [], []);
    }

    public Task<bool> TryAgainAsync(Ask ask, string method, int number) => Task.FromResult(false);

    /// <summary>
    /// The packages, where they are not those of the lock file; in the gate without those that deep tests alone import. Where all of them
    /// are there, so are the gate's.
    /// </summary>
    public static async Task<bool> InstallAsync(Ask ask)
    {
        string stamp = Path.Combine(ask.Tree.Artifacts, "stamp", "node");
        byte[] locked = await File.ReadAllBytesAsync(Path.Combine(ask.Tree.NodeFolder, "package-lock.json"));
        string all = Convert.ToHexStringLower(SHA256.HashData(locked));
        bool isAll = ask.IsAll || ask.Filter is not null;
        string wanted = isAll ? all : all + " of the gate";
        bool isThere = Directory.Exists(Path.Combine(ask.Tree.NodeFolder, "node_modules"));
        if (isThere && File.Exists(stamp) && (await File.ReadAllTextAsync(stamp)).Trim() is var there && (there == wanted || there == all))
            return true;
        int status = await Beside.RunAsync(ask.Tree.NodeFolder, ask.Tree.Report("npm", "log"), new Patience(ask.Limit), environment: null,
            ask.WaitedFor, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", isAll ? "--include=dev" : "--omit=dev");
        if (status != 0) return false;
        Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
        await File.WriteAllTextAsync(stamp, wanted + "\n");
        return true;
    }
}

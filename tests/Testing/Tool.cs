using System.Runtime.InteropServices;
using Xunit;

namespace Ringwright.Testing;

/// <summary>
/// Outside programs and native libraries that a test needs. A missing one skips the test with the reason, unless <c>REQUIRE_TOOLS</c>
/// (a comma list, or <c>all</c>) names it: then the test fails, so that a skip cannot hide.
/// </summary>
public static class Tool
{
    // Debian keeps some programs off a plain user's PATH.
    private static readonly string[] SystemFolders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

    /// <summary>
    /// Skips or fails the running test unless every tool is there. Names that contain <c>.so</c> are native libraries,
    /// those that begin with a slash folders.
    /// </summary>
    public static void Require(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Has(name)) continue;
            string reason = name.Contains(".so", StringComparison.Ordinal) ? $"library {name} is not installed"
                : name.StartsWith('/') ? $"folder {name} is not there" : $"{name} is not on PATH";
            if (IsRequired(name)) Assert.Fail($"{reason}, and REQUIRE_TOOLS demands it");
            Assert.Skip(reason);
        }
    }

    /// <summary>Skips or fails the running test unless this user may mount a file system of his own (<c>unshare -m</c>).</summary>
    public static void RequireMounts()
    {
        Require("unshare", "mount");
        using var tried = System.Diagnostics.Process.Start(Find("unshare")!,
            ["-m", "mount", "-t", "tmpfs", "-o", "size=64k", "probe", System.IO.Path.GetTempPath()]); // required above
        tried.WaitForExit();
        if (tried.ExitCode == 0) return;
        const string reason = "this user may not mount a file system";
        if (IsRequired("mount")) Assert.Fail($"{reason}, and REQUIRE_TOOLS demands it");
        Assert.Skip(reason);
    }

    public static bool Has(string name) =>
        name.Contains(".so", StringComparison.Ordinal) ? NativeLibrary.TryLoad(name, out _) : name.StartsWith('/') ? Directory.Exists(name)
            : Find(name) is not null;

    /// <summary>The program's full path, or null.</summary>
    public static string? Find(string name)
    {
        string[] path = Environment.GetEnvironmentVariable("PATH")?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
        foreach (string folder in path.Concat(SystemFolders).Concat(PostgresFolders()))
        {
            string candidate = Path.Combine(folder, name);
            if (File.Exists(candidate)) return candidate;
        }
        return null;
    }

    // Debian keeps the server's programs in a folder per version.
    private static IEnumerable<string> PostgresFolders() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(v => Path.Combine(v, "bin"))
            : [];

    private static bool IsRequired(string name)
    {
        string[] required = Environment.GetEnvironmentVariable("REQUIRE_TOOLS")
            ?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return required.Contains("all") || required.Contains(name);
    }
}

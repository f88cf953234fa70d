namespace Ringwright.Testing;

/// <summary>Where the sources are, seen from a test's output folder.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The program that nodes are started of: with code made ahead of starts, where the run of all suites has that.</summary>
    public static string Program { get; } = Environment.GetEnvironmentVariable("RINGWRIGHT_PROGRAM") is { Length: > 0 } named ? named
        : PathOf("artifacts", "bin", "Server", "release", "ringwright.dll");

    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Ringwright.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"no Ringwright.slnx above {AppContext.BaseDirectory}");
    }
}

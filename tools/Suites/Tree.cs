namespace Ringwright.Suites;

/// <summary>Where things are: the sources, what was built of them, and the reports.</summary>
internal sealed record Tree(string Root, string Reports)
{
    public string Artifacts => Path.Combine(Root, "artifacts");

    public string Unsteady => Path.Combine(Root, "tests", "unsteady.tsv");

    public string Durations => Path.Combine(Root, "tests", "durations.tsv");

    public string NodeFolder => Path.Combine(Root, "tests", "Interop", "node");

    public string Program(string suite) => Path.Combine(Artifacts, "bin", suite, "release", $"Ringwright.{suite}.dll");

    public string Report(string name, string kind) => Path.Combine(Reports, $"{name}.{kind}");
}

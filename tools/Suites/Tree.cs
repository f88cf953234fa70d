namespace Ringwright.Suites;

/// <summary>Where things are: the sources, what was built of them, and the reports.</summary>
internal sealed record Tree(string Root, string Reports)
{
    public string Artifacts => Path.Combine(Root, "artifacts");

    public string Unsteady => Path.Combine(Root, "tests", "unsteady.tsv");

    public string Durations => Path.Combine(Root, "tests", "durations.tsv");

    /// <summary>The program with code made ahead of starts, when it was made of what was built last (docs/adr/0086); else null.</summary>
    public string? Ahead
    {
        get
        {
            string program = Path.Combine(Artifacts, "ahead", "ringwright.dll");
            string Stamp(string of) => Path.Combine(Artifacts, "stamp", of) is var file && File.Exists(file) ? File.ReadAllText(file) : "";
            return File.Exists(program) && Stamp("server").Trim() is { Length: > 0 } built && Stamp("ahead").Split(' ')[0] == built
                ? program : null;
        }
    }

    public string NodeFolder => Path.Combine(Root, "tests", "Interop", "node");

    public string Program(string suite) => Path.Combine(Artifacts, "bin", suite, "release", $"Ringwright.{suite}.dll");

    public string Report(string name, string kind) => Path.Combine(Reports, $"{name}.{kind}");
}

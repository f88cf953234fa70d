using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

/// <summary>Which program nodes are started of.</summary>
public sealed class TreeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("one 10.0.1\n", "one\n", true, true)]
    [InlineData("one 10.0.1\n", "other\n", true, false)]
    [InlineData("one 10.0.1\n", null, true, false)]
    [InlineData(null, "one\n", true, false)]
    [InlineData("one 10.0.1\n", "one\n", false, false)]
    public void Code_made_ahead_is_used_when_it_was_made_of_what_was_built(string? ahead, string? built, bool isThere, bool isUsed)
    {
        string artifacts = _folder.File("artifacts"), program = Path.Combine(artifacts, "ahead", "ringwright.dll");
        foreach (string folder in new[] { "ahead", "stamp" }) Directory.CreateDirectory(Path.Combine(artifacts, folder));
        if (ahead is not null) File.WriteAllText(Path.Combine(artifacts, "stamp", "ahead"), ahead);
        if (built is not null) File.WriteAllText(Path.Combine(artifacts, "stamp", "server"), built);
        if (isThere) File.WriteAllText(program, "");
        Assert.Equal(isUsed ? program : null, new Tree(_folder.Path, _folder.Path).Ahead);
    }

    public void Dispose() => _folder.Dispose();
}

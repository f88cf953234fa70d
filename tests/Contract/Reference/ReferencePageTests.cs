using Ringwright.Testing;

namespace Ringwright.Contract.Reference;

public sealed class ReferencePageTests
{
    private static readonly Dictionary<string, Func<string>> Pages = new()
    {
        ["coverage.md"] = ReferencePages.WriteCoverage,
        ["events.md"] = ReferencePages.WriteEvents,
        ["errors.md"] = ReferencePages.WriteErrors,
        ["parameters.md"] = ReferencePages.WriteParameters,
        ["snapshots.md"] = SnapshotPage.Write,
        ["operator-api.md"] = OperatorPage.Write,
        ["texml.md"] = TexmlPage.Write,
        ["faces.md"] = FacesPage.Write,
        ["deviations.md"] = DeviationsPage.Write,
    };

    [Theory, InlineData("coverage.md"), InlineData("events.md"), InlineData("errors.md"), InlineData("parameters.md"),
        InlineData("snapshots.md"), InlineData("operator-api.md"), InlineData("texml.md"), InlineData("faces.md"),
        InlineData("deviations.md")]
    public void A_reference_page_says_what_the_tables_say(string page)
    {
        string file = Repository.PathOf("docs", "reference", page), text = Prose.Wrap(Pages[page]());
        if (Golden.IsWriting) File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"docs/reference/{page} is old; ./ringwright golden rewrites it");
    }
}

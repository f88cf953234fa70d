using Ringwright.Calls;
using Ringwright.Texml.Documents;

namespace Ringwright.Edge.Texml;

/// <summary>Each warning says of which document it is, and of which line: of what it is about, else of the verb that ran.</summary>
public sealed class WarnedPlaceTests(DocumentRig rig) : IClassFixture<DocumentRig>
{
    [Fact]
    public async Task A_warning_has_the_documents_address_and_a_line()
    {
        var call = await rig.RunAsync("<Response>\n<Dance/>\n<Dial>\n+15550100009</Dial><Say\nloop=\"99\">Hi</Say></Response>");
        var notes = call.Commands.OfType<LegCommand.Note>().ToList();
        var warnings = notes.Where(note => note.Kind is NoteKind.Warning).ToList();
        Assert.All(warnings, warning => Assert.Equal(DocumentRig.Nobody, warning.Url));
        Assert.Equal(2, Assert.Single(warnings, warning => warning.Text.StartsWith("Dance is no verb", StringComparison.Ordinal)).Line);
        Assert.Equal(3, Assert.Single(warnings, warning => warning.Text.StartsWith("Dial was refused", StringComparison.Ordinal)).Line);
        Assert.Equal(5, Assert.Single(warnings, warning => warning.Text.StartsWith("loop is a whole", StringComparison.Ordinal)).Line);
        Assert.All(notes.Except(warnings), step => Assert.Equal((null, null), (step.Url, step.Line)));
    }

    [Theory]
    [InlineData("Dance cannot stand here (line 12, column 3)", 12), InlineData("a (line 1, column 2) of b (line 3, column 4); so", 3)]
    [InlineData("line 7, column 1", null), InlineData("(line x, column 1)", null), InlineData("", null)]
    public void The_last_place_in_brackets_counts(string sentence, int? line) => Assert.Equal(line, TexmlPlace.LineIn(sentence));
}

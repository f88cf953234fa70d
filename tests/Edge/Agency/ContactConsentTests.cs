using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Batches;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>The kinds of consent that lists bring, in the words that people have for them.</summary>
public sealed class ContactConsentTests
{
    private static readonly DateTimeOffset Noon = new(2026, 2, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Express", ConsentKind.Express), InlineData("WRITTEN", ConsentKind.Written)]
    [InlineData("Prior Express Written Consent", ConsentKind.Written), InlineData("express-written", ConsentKind.Written)]
    [InlineData("prior express consent", ConsentKind.Express), InlineData("PEWC", ConsentKind.Written)]
    [InlineData("implied", null), InlineData("yes", null), InlineData("verbal express", null)]
    public void A_kind_is_read_in_any_letters_and_in_the_words_of_the_law(string said, ConsentKind? kind)
    {
        var contacts = new JsonArray(new JsonObject
        {
            ["phone_number"] = "+12125550100", ["consent_kind"] = said, ["consent_source"] = "form", ["consent_at"] = "2026-01-15",
        });
        var read = ContactReading.Read(contacts, new() { CreatedAt = Noon });
        Assert.Equal(kind, read.Consents.SingleOrDefault()?.Kind);
        Assert.Equal(kind is null ? 1 : 0, read.Invalid);
    }

    /// <summary>Whoever sends one as it is given has a clock of his own.</summary>
    [Theory]
    [InlineData("2026-02-28T11:59:00Z", "2026-02-28T11:59:00Z")]
    [InlineData("2026-02-28T12:00:02Z", "2026-02-28T12:00:00Z"), InlineData("2026-02-28T12:05:00Z", "2026-02-28T12:00:00Z")]
    [InlineData("2026-02-28T12:05:01Z", null), InlineData("2026-03-01", null)]
    public void One_of_a_clock_that_is_a_little_ahead_is_of_now(string said, string? given)
    {
        var contacts = new JsonArray(new JsonObject
        {
            ["phone_number"] = "+12125550100", ["consent_kind"] = "express", ["consent_source"] = "form", ["consent_at"] = said,
        });
        var read = ContactReading.Read(contacts, new() { CreatedAt = Noon });
        DateTimeOffset? at = given is null ? null : DateTimeOffset.Parse(given, CultureInfo.InvariantCulture);
        Assert.Equal(at, read.Consents.SingleOrDefault()?.GivenAt);
    }
}

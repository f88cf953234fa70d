using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Privacy;

namespace Ringwright.Edge.Agency;

/// <summary>What is cut out of what was said, and what stays.</summary>
public sealed class RedactorTests
{
    private static Redactor All(params string[] parties) =>
        Redactor.Of(new() { ["redaction"] = new JsonObject { ["enabled"] = true } }, parties)!;

    [Theory]
    [InlineData("my card is 4111 1111 1111 1111 and mail bob@example.com", "my card is [CARD] and mail [EMAIL]")]
    [InlineData("5500-0000-0000-0004.", "[CARD].")]
    [InlineData("four one one one one one one one one one one one one one one one, yes", "[CARD], yes")]
    [InlineData("it is one two three four five six seven", "it is [DIGITS]")]
    [InlineData("write to bob at example dot com please", "write to [EMAIL] please")]
    [InlineData("DE89 3704 0044 0532 0130 00 please", "[IBAN] please")]
    [InlineData("GB82WEST12345698765432", "[IBAN]")]
    [InlineData("123-45-6789", "[SSN]")]
    [InlineData("routing 021000021", "routing [ROUTING]")]
    [InlineData("I was born on 3/14/1975.", "I was born on [DATE_OF_BIRTH].")]
    [InlineData("my birthday is March 14th, 1975", "my birthday is [DATE_OF_BIRTH]")]
    [InlineData("call +1 (212) 555-0199 instead", "call [PHONE] instead")]
    [InlineData("my pin is 1234 and the password: hunter2", "my pin is [SECRET] and the password: [SECRET]")]
    [InlineData("""{"pin":"1234","note":"x"}""", """{"pin":"[SECRET]","note":"x"}""")]
    public void What_nobody_is_to_keep_is_cut_out(string said, string kept)
    {
        // Case T13.
        Assert.Equal(kept, All().Cut(said));
        Assert.Equal(kept, All().Cut(kept));
    }

    [Theory]
    [InlineData("4111 1111 1111 1112 has a wrong check digit")]
    [InlineData("1234567890123456789012345")]
    [InlineData("DE88 3704 0044 0532 0130 00")]
    [InlineData("one two three, go")]
    [InlineData("we meet on 3/14/2027 at ten, or on 2027-03-15")]
    [InlineData("the password to the gate is known")]
    [InlineData("I want 12 pizzas at 10 dollars")]
    [InlineData("")]
    public void What_is_none_of_it_stays(string said) => Assert.Equal(said, All().Cut(said));

    [Fact]
    public void The_numbers_of_the_two_who_talk_stay_and_only_what_was_asked_for_is_cut()
    {
        Assert.Equal("you called +1 212 555 0100, not [PHONE]", All("+12125550100").Cut("you called +1 212 555 0100, not +1 212 555 0101"));
        var cards = Redactor.Of(new()
        {
            ["redaction"] = new JsonObject { ["enabled"] = true, ["entities"] = new JsonArray("card") },
        })!;
        Assert.Equal("[CARD] bob@example.com", cards.Cut("4111111111111111 bob@example.com"));
        Assert.Null(Redactor.Of([]));
        Assert.Null(Redactor.Of(new() { ["redaction"] = new JsonObject { ["enabled"] = false } }));
    }

    [Theory, InlineData("true"), InlineData("{}"), InlineData("""{"enabled":"yes"}"""), InlineData("""{"enabled":true,"mode":"x"}"""),
        InlineData("""{"enabled":true,"entities":"card"}"""), InlineData("""{"enabled":true,"entities":["cards"]}""")]
    public void A_setting_that_is_none_is_told(string setting) => Assert.Equal("settings/redaction",
        Assert.Single(AgencySettings.FaultsOf(new() { ["redaction"] = JsonNode.Parse(setting) })).Path);

    [Fact]
    public void What_a_provider_sums_up_is_cut_and_what_it_calls_by_stays()
    {
        var call = JsonNode.Parse("""
            {"callId":"4111111111111111","summary":"Card 4111111111111111.","shortSummary":"bob@example.com","metadata":{"x":"y"}}
            """)!.AsObject();
        All().Cut(call);
        Assert.Equal("""{"callId":"4111111111111111","summary":"Card [CARD].","shortSummary":"[EMAIL]","metadata":{"x":"y"}}""",
            call.ToJsonString());
    }
}

using Ringwright.Agency.Batches;
using Ringwright.Agency.Talking;
using Ringwright.Server.Modules;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Agency;

/// <summary>Words of a contact in what an agent says, as templates of other services write them.</summary>
public sealed class ContactWordTests
{
    private const string Callee = "+12125550101", Caller = "+15550100000";

    private static readonly DateTimeOffset Now = new(2026, 2, 20, 15, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("Hi {{first_name | default: \"there\"}}.", "Hi Zoe.")]
    [InlineData("Hi {{ contact.first_name }}, it's about {{contact.Company Size || 'your team'}}.", "Hi Zoe, it's about 11-50.")]
    [InlineData("Of {{company | default: 'your company'}}, {{customer.name}}?", "Of your company, Zoe Berg?")]
    [InlineData("{name} of {company}.", "Zoe Berg of .")]
    [InlineData("{{nobody}}Hi.", "Hi.")]
    [InlineData("From {{from}} to {{to}} at {{now}}.", $"From {Caller} to {Callee} at 2026-02-20 15:04 UTC.")]
    [InlineData("{{contact.phone}} is {{ customer.number }}.", $"{Callee} is {Callee}.")]
    public void They_are_said_in_a_call_without_a_talk(string text, string said)
    {
        var terms = BatchTerms.Voiced(new() { FromNumber = Caller }, new() { FirstSpeakerText = text }, new() { From = [] });
        var words = TalkVariables.Of(Zoe("Zoe Berg", """{"first_name":"Zoe","Company Size":"11-50"}"""), Caller, Callee, Now);
        Assert.Equal(said, CampaignMessage.Fill(terms.Message!, words));
    }

    [Fact]
    public void A_name_that_the_variables_of_a_single_call_say_is_said_where_the_contact_has_none()
    {
        var bob = Zoe("", """{"name":"Bob"}""");
        Assert.Equal("Hello Bob.", CampaignMessage.Fill("Hello {{name}}.", bob));
        Assert.Equal("Hello Bob.", CampaignMessage.Fill("Hello {{contact.name}}.", TalkVariables.Of(bob, Caller, Callee, Now)));
    }

    [Fact]
    public void A_talk_knows_them_by_the_names_that_CRMs_have_for_them_and_loses_none_of_the_call_to_very_many_data()
    {
        string many = string.Join(',', Enumerable.Range(0, 500).Select(static n => $"\"w{n}\":{n}"));
        var zoe = Zoe("Zoe Berg", $$"""{"first_name":"Zoe","from":"nobody","name":"x",{{many}}}""");
        var all = TalkVariables.Of(zoe, Caller, Callee, Now);
        Assert.Equal(["from", "to", "now", "local_now", "name", "first_name", "w0"], all.Keys.Take(7));
        Assert.Equal((Caller, Callee, "2026-02-20 15:04 UTC", "Zoe Berg", "7"),
            (all["from"], all["to"], all["now"], all["name"], all["w7"]));
        Assert.Equal(("Zoe", "Zoe Berg", Callee, Callee),
            (all["contact.first_name"], all["customer.name"], all["contact.phone"], all["customer.number"]));
        // Of whom nobody knows where he is it is UTC's.
        Assert.Equal("2026-02-20 15:04 UTC", all["local_now"]);
        var inbound = TalkVariables.Of(null, Callee, Caller, Now, "Friday 2026-02-20 10:04 -05:00 in America/New_York");
        Assert.Equal((6, "Friday 2026-02-20 10:04 -05:00 in America/New_York"), (inbound.Count, inbound["local_now"]));
        // Whoever has called is the person, in no list.
        inbound = TalkVariables.Of(null, Callee, Caller, Now, isInbound: true);
        Assert.Equal((Callee, Callee, Caller), (inbound["contact.phone"], inbound["customer.number"], inbound["to"]));
    }

    private static Target Zoe(string name, string data) => new()
    {
        Id = Guid.NewGuid(), Tenant = default, List = Guid.NewGuid(), Name = name, Data = data,
        Destinations = [Callee, null, null, null, null], DueAt = Now, CreatedAt = Now, UpdatedAt = Now,
    };
}

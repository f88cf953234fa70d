using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

public sealed class RegisterServerTests
{
    private static readonly SipFlow Flow = SipFlow.Udp(new(IPAddress.Parse("198.51.100.20"), 40_000));

    /// <summary>What a NAT changes is told by <see cref="PhonesBehindNatTests"/>.</summary>
    private readonly RegisterServer _server =
        new() { NatExpiry = RegisterServer.MaximumExpiry, IsOurs = host => host == "sip.example.com" };
    private readonly List<BindingChange> _changes = [];
    private Instant _now = new(60_000_000_000);

    private SipResponse Register(string headers, int cseq = 1, string callId = "reg-1", string to = "<sip:alice@sip.example.com>",
        string user = "alice")
    {
        _changes.Clear();
        var request = Wire.Request($"""
            REGISTER sip:sip.example.com SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK{cseq};rport
            Max-Forwards: 70
            From: <sip:alice@sip.example.com>;tag=a
            To: {to}
            Call-ID: {callId}
            CSeq: {cseq} REGISTER
            User-Agent: Desk phone 1.0
            {headers}
            """.TrimEnd() + "\nContent-Length: 0\n\n");
        return _server.Handle(request, user, Flow, _now, _changes).Build();
    }

    private static string[] Contacts(SipResponse response)
    {
        List<string> found = [];
        foreach (var value in response.Values(SipHeader.Contact)) found.Add(value.AsText());
        return [.. found];
    }

    [Fact]
    public void A_registration_is_answered_with_all_bindings_and_their_time()
    {
        var response = Register("Contact: <sip:alice@10.0.0.5:5060>");
        Assert.Equal(200, response.Status);
        Assert.Equal(["<sip:alice@10.0.0.5:5060>;expires=3600"], Contacts(response));
        var binding = Assert.Single(_server.Find("alice"));
        Assert.Equal((Flow, "Desk phone 1.0", BindingFate.Registered), (binding.Flow, binding.UserAgent, Assert.Single(_changes).Fate));

        _now += TimeSpan.FromSeconds(10);
        response = Register("Contact: <sip:alice@10.0.0.6>;q=0.5;expires=120", callId: "reg-2");
        Assert.Equal(["<sip:alice@10.0.0.5:5060>;expires=3590", "<sip:alice@10.0.0.6>;q=0.5;expires=120"], Contacts(response));
        Assert.Equal(["<sip:alice@10.0.0.5:5060>;expires=3590", "<sip:alice@10.0.0.6>;q=0.5;expires=120"],
            Contacts(Register("", callId: "ask")));
    }

    [Theory] // §10.2.1.1, §20.19
    [InlineData("Contact: <sip:a@10.0.0.5>;expires=90\nExpires: 200", 90)]
    [InlineData("Contact: <sip:a@10.0.0.5>\nExpires: 200", 200)]
    [InlineData("Contact: <sip:a@10.0.0.5>\nExpires: 99999999", 7_200)]
    [InlineData("Contact: <sip:a@10.0.0.5>\nExpires: 30", 30)]
    [InlineData("Contact: <sip:a@10.0.0.5>;expires=\"90\"", 90)]
    [InlineData("Contact: <sip:a@10.0.0.5>\nExpires: Thu, 01 Dec 1994 16:00:00 GMT", 3_600)]
    [InlineData("Contact: <sip:a@10.0.0.5>\nExpires: 99999999999", 3_600)]
    public void The_time_is_the_Contacts_word_then_the_headers_then_ours(string headers, int seconds) =>
        Assert.EndsWith($";expires={seconds}", Assert.Single(Contacts(Register(headers))));

    [Fact]
    public void A_time_of_zero_in_quotation_marks_takes_the_binding_away()
    {
        Register("Contact: <sip:a@10.0.0.5>");
        Assert.Empty(Contacts(Register("Contact: <sip:a@10.0.0.5>;expires=\"0\"", cseq: 2)));
    }

    [Theory]
    [InlineData("q=.5", 500), InlineData("q=\"0.25\"", 250), InlineData("q=0.70009", 700), InlineData("q=1.", 1_000)]
    [InlineData("q=01.00", 1_000)]
    public void A_preference_is_read_however_it_is_spelt(string written, int thousandths)
    {
        Register($"Contact: <sip:a@10.0.0.5>;{written}");
        Assert.Equal(thousandths, Assert.Single(_server.Find("alice")).Quality);
    }

    [Fact]
    public void Too_short_a_time_gets_423_with_the_shortest_that_we_take()
    {
        var response = Register("Contact: <sip:a@10.0.0.5>\nExpires: 29");
        Assert.Equal((423, "30"), (response.Status, response.Text(SipHeader.MinExpires)));
        Assert.Equal(0, _server.Count);
    }

    [Fact]
    public void The_same_contact_is_refreshed_and_taken_back()
    {
        Register("Contact: <sip:alice@10.0.0.5:5060;ob>");
        _now += TimeSpan.FromSeconds(1_800);
        Assert.Equal(["<sip:alice@10.0.0.5:5060;ob>;expires=3600"], Contacts(Register("Contact: <sip:alice@10.0.0.5:5060;ob>", cseq: 2)));
        Assert.Empty(Contacts(Register("Contact: <sip:alice@10.0.0.5:5060;ob>;expires=0", cseq: 3)));
        Assert.Equal(BindingFate.Unregistered, Assert.Single(_changes).Fate);
        Assert.Equal(200, Register("Contact: <sip:alice@10.0.0.5:5060;ob>;expires=0", cseq: 4).Status);
        Assert.Empty(_changes);
    }

    [Fact]
    public void The_asterisk_takes_all_back_and_wants_Expires_0()
    {
        Register("Contact: <sip:a@10.0.0.5>");
        Register("Contact: <sip:a@10.0.0.6>", callId: "reg-2");
        Assert.Equal(400, Register("Contact: *", cseq: 5).Status);
        Assert.Equal(400, Register("Contact: *\nExpires: 60", cseq: 5).Status);
        Assert.Equal(2, _server.Count);
        Assert.Empty(Contacts(Register("Contact: *\nExpires: 0", cseq: 5)));
        Assert.Equal(2, _changes.Count);
        Assert.Equal(0, _server.Count);
    }

    [Theory]
    [InlineData("Contact: *;expires=0", true), InlineData("Contact: <*>;expires=\"0\"", true), InlineData("Contact: <*>\nExpires: 0", true)]
    [InlineData("Contact: *;expires=60\nExpires: 0", false), InlineData("Contact: *;expires=", false), InlineData("Contact: *", false)]
    public void The_asterisk_may_say_itself_that_all_are_over(string headers, bool isTaken)
    {
        Register("Contact: <sip:a@10.0.0.5>");
        Assert.Equal(isTaken ? 200 : 400, Register(headers, cseq: 2).Status);
        Assert.Equal(isTaken ? 0 : 1, _server.Count);
    }

    [Fact]
    public void Within_one_Call_ID_an_older_CSeq_changes_nothing()
    {
        Register("Contact: <sip:a@10.0.0.5>", cseq: 5);
        Assert.Equal(400, Register("Contact: <sip:a@10.0.0.5>;expires=0", cseq: 5).Status);
        Assert.Equal(400, Register("Contact: *\nExpires: 0", cseq: 4).Status);
        Assert.Equal(1, _server.Count);
        Assert.Equal(200, Register("Contact: <sip:a@10.0.0.5>;expires=0", cseq: 1, callId: "after-a-reboot").Status);
        Assert.Equal(0, _server.Count);
    }

    [Theory] // a phone whose Call-ID is made of its hardware address, and whose numbers begin again when it is started
    [InlineData("Contact: <sip:a@10.0.0.5>"), InlineData("Contact: <sip:a@10.0.0.5>;expires=0"), InlineData("Contact: *\nExpires: 0")]
    public void A_phone_that_was_started_anew_counts_from_the_beginning_under_its_Call_ID(string headers)
    {
        Register("Contact: <sip:a@10.0.0.5>", cseq: 500);
        _now += TimeSpan.FromSeconds(31);
        Assert.Equal(400, Register(headers).Status);
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(200, Register(headers).Status);
        Assert.All(_server.Find("alice"), binding => Assert.Equal(1u, binding.CSeq));
    }

    [Fact]
    public void Nobody_registers_for_somebody_else()
    {
        Assert.Equal(403, Register("Contact: <sip:a@10.0.0.5>", to: "<sip:bob@sip.example.com>").Status);
        Assert.Equal(403, Register("Contact: <sip:a@10.0.0.5>", to: "<sip:bob@sip.example.com>;tag=x").Status);
    }

    [Fact]
    public void A_tag_in_To_that_an_answer_of_before_had_says_nothing()
    {
        Assert.Equal(200, Register("Contact: <sip:a@10.0.0.5>", to: "<sip:alice@sip.example.com>;tag=x").Status);
        Assert.Single(_server.Find("alice"));
    }

    [Theory]
    [InlineData("alice%40sip.example.com", 200)]
    [InlineData("alice%40elsewhere.example", 403)]
    [InlineData("alice%40", 403)]
    [InlineData("alice1%40sip.example.com", 403)]
    [InlineData("ali%40sip.example.com", 403)]
    public void A_name_in_To_may_have_our_domain_behind_it(string name, int status)
    {
        Assert.Equal(status, Register("Contact: <sip:a@10.0.0.5>", to: $"<sip:{name}@sip.example.com>").Status);
        Assert.Equal(status == 200 ? 1 : 0, _server.Find("alice").Count);
    }

    [Theory]
    [InlineData("Contact: <tel:+15550100>")]
    [InlineData("Contact: <sip:a@10.0.0.5>;q=2")]
    [InlineData("Contact: <sip:a@10.0.0.5>;q=1.5")]
    public void A_Contact_that_says_nothing_useful_is_refused(string headers) => Assert.Equal(400, Register(headers).Status);

    [Fact]
    public void A_binding_ends_with_its_time()
    {
        Register("Contact: <sip:a@10.0.0.5>;expires=60");
        Register("Contact: <sip:a@10.0.0.6>;expires=120", callId: "reg-2");
        Assert.Equal(_now + TimeSpan.FromSeconds(60), _server.NextDue);
        _changes.Clear();
        _now += TimeSpan.FromSeconds(60);
        _server.HandleDue(_now, _changes);
        Assert.Equal((BindingFate.Expired, "sip:a@10.0.0.5"), (Assert.Single(_changes).Fate, _changes[0].Binding.Contact));
        Assert.Single(_server.Find("alice"));
        _server.HandleDue(_now + TimeSpan.FromSeconds(60), _changes);
        Assert.Equal(Instant.Never, _server.NextDue);
        Assert.Equal(0, _server.Count);
    }

    [Fact]
    public void One_binding_too_many_takes_the_place_of_the_stalest()
    {
        for (int i = 0; i < Ringwright.Sip.Limits.Bindings; i++, _now += TimeSpan.FromSeconds(1))
            Register($"Contact: <sip:a@10.0.0.{i}>", callId: $"c{i}");
        Assert.Equal(Ringwright.Sip.Limits.Bindings, _server.Count);
        Register("Contact: <sip:a@10.0.1.1>", callId: "one-more");
        Assert.Equal(Ringwright.Sip.Limits.Bindings, _server.Count);
        Assert.DoesNotContain(_server.Find("alice"), b => b.Contact == "sip:a@10.0.0.0");
    }

    [Fact]
    public void Of_a_hundred_contacts_of_one_phone_ten_are_kept()
    {
        for (int i = 0; i < 100; i++, _now += TimeSpan.FromSeconds(1))
            Assert.Equal(200, Register($"Contact: <sip:a@10.0.0.5:{6_000 + i}>", cseq: i + 1).Status);
        Assert.Equal(10, _server.Count);
        Assert.Equal([.. Enumerable.Range(0, 10).Select(i => $"sip:a@10.0.0.5:{6_099 - i}")], _server.Find("alice").Select(b => b.Contact));
    }

    [Fact]
    public void Refreshing_for_ever_leaves_nothing_behind()
    {
        for (int i = 1; i <= 10_000; i++) Register("Contact: <sip:a@10.0.0.5>", cseq: i);
        Assert.True(_server.Waiting < 2_100, $"{_server.Waiting} deadlines for one binding");
    }
}

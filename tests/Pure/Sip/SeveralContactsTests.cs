using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>Several Contacts in one REGISTER (RFC 3261 section 10.3): each as it says, or none of them.</summary>
public sealed class SeveralContactsTests
{
    private const string Old = "<sip:alice@10.0.0.5:39836;transport=TCP;ob>", New = "<sip:alice@203.0.113.9:5447;transport=TCP;ob>";

    private readonly RegisterServer _server = new() { NatExpiry = RegisterServer.MaximumExpiry };
    private readonly List<BindingChange> _changes = [];
    private Instant _now = new(60_000_000_000);
    private int _cseq;

    private SipResponse Register(string headers, int? cseq = null)
    {
        _changes.Clear();
        _cseq = cseq ?? _cseq + 1;
        var request = Wire.Request($"""
            REGISTER sip:sip.example.com SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK{_cseq};rport
            Max-Forwards: 70
            From: <sip:alice@sip.example.com>;tag=a
            To: <sip:alice@sip.example.com>
            Call-ID: reg-1
            CSeq: {_cseq} REGISTER
            {headers}
            """.TrimEnd() + "\nContent-Length: 0\n\n");
        return _server.Handle(request, "alice", SipFlow.Udp(new(IPAddress.Parse("198.51.100.20"), 40_000)), _now, _changes).Build();
    }

    private string[] Bound() => [.. _server.Find("alice").Select(binding => $"<{binding.Contact}>").Order()];

    private string[] Told() => [.. _changes.Select(change => $"{change.Fate} <{change.Binding.Contact}>")];

    [Theory] // what phones send when their address has changed
    [InlineData($"Contact: {New}\nContact: {Old};expires=0")]
    [InlineData($"Contact: {Old};expires=0\nContact: {New}")]
    [InlineData($"Contact: {Old};expires=0, {New}")]
    [InlineData($"m: {New};q=0.9,{Old};expires=0")]
    [InlineData($"Contact: Doe, Jane {New}, Doe, Jane {Old};expires=0")]
    public void The_new_address_comes_and_the_old_one_goes_at_once(string contacts)
    {
        Register($"Contact: {Old}\nExpires: 600");
        var response = Register($"{contacts}\nExpires: 600");
        Assert.Equal(200, response.Status);
        Assert.Equal([New], Bound());
        Assert.Equal([$"Unregistered {Old}", $"Registered {New}"], Told());
    }

    [Fact]
    public void A_time_or_preference_without_a_value_is_none()
    {
        var response = Register("Contact: <sip:a@10.0.0.5>;q=;expires=\nExpires: 90");
        Assert.Equal("<sip:a@10.0.0.5>;expires=90", response.Text(SipHeader.Contact));
    }

    [Fact]
    public void Two_that_live_are_two_each_with_its_own_time_and_preference()
    {
        var response = Register("Contact: <sip:a@10.0.0.5>;q=0.5;expires=90\nContact: <sip:a@10.0.0.6>;q=1.0\nExpires: 600");
        List<string> told = [];
        foreach (var value in response.Values(SipHeader.Contact)) told.Add(value.AsText());
        Assert.Equal(["<sip:a@10.0.0.6>;expires=600", "<sip:a@10.0.0.5>;q=0.5;expires=90"], told);
        Assert.Equal(2, _server.Count);
    }

    [Theory]
    [InlineData($"Contact: {New}, {New}")]
    [InlineData($"Contact: {New}\nContact: {New};q=0.5")]
    [InlineData($"Contact: {New};expires=0\nContact: {New}")]
    public void The_same_one_twice_is_one(string contacts)
    {
        Assert.Equal(200, Register(contacts).Status);
        Assert.Equal([New], Bound());
        Assert.Equal([$"Registered {New}"], Told());
        Assert.Equal(200, Register(contacts).Status);
        Assert.Equal([New], Bound());
        Assert.Equal([$"Registered {New}"], Told());
        Assert.Equal(1, _server.Count);
    }

    [Fact]
    public void One_that_comes_and_goes_in_the_same_REGISTER_is_gone()
    {
        Assert.Equal(200, Register($"Contact: {New}, {New};expires=0").Status);
        Assert.Empty(_changes);
        Register($"Contact: {New}");
        Assert.Equal(200, Register($"Contact: {New}, {New};expires=0").Status);
        Assert.Equal([$"Unregistered {New}"], Told());
        Assert.Equal((0, Instant.Never), (_server.Count, _server.NextDue));
    }

    [Theory]
    [InlineData("Contact: *\nContact: <sip:a@10.0.0.6>\nExpires: 0", 400)]
    [InlineData("Contact: <sip:a@10.0.0.6>, *\nExpires: 0", 400)]
    [InlineData("Contact: <sip:a@10.0.0.6>, <tel:+15550100>", 400)]
    [InlineData("Contact: <sip:a@10.0.0.6>\nContact: <sip:a@10.0.0.7>;q=7", 400)]
    [InlineData("Contact: <sip:a@10.0.0.6>\nContact: <sip:a@10.0.0.7>;expires=29", 423)]
    [InlineData($"Contact: {Old};expires=0\nContact: <sip:a@10.0.0.7>;expires=5", 423)]
    public void What_is_refused_in_one_of_them_changes_nothing(string contacts, int status)
    {
        Register($"Contact: {Old}");
        Assert.Equal(status, Register(contacts).Status);
        Assert.Equal([Old], Bound());
        Assert.Empty(_changes);
    }

    [Fact]
    public void An_older_CSeq_in_one_of_them_changes_nothing()
    {
        Register($"Contact: {Old}", cseq: 5);
        Assert.Equal(400, Register($"Contact: {New}, {Old};expires=0", cseq: 5).Status);
        Assert.Equal([Old], Bound());
    }

    [Fact]
    public void More_than_a_user_may_have_are_refused_without_a_word_of_his_account()
    {
        Register($"Contact: {Old}");
        string Many(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $"Contact: <sip:a@10.0.1.{i}>"));
        Assert.Equal(503, Register(Many(Ringwright.Sip.Limits.Bindings + 1)).Status);
        Assert.Equal([Old], Bound());
        _now += TimeSpan.FromSeconds(1);
        Assert.Equal(200, Register(Many(Ringwright.Sip.Limits.Bindings)).Status);
        Assert.Equal(Ringwright.Sip.Limits.Bindings, _server.Count);
        Assert.DoesNotContain(Old, Bound());
        Assert.Equal($"Unregistered {Old}", Told()[0]);
    }
}

using System.Text;
using System.Xml.Linq;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Subscriptions;

namespace Ringwright.Pure.Switch;

/// <summary>The document of a busy lamp, read as XML.</summary>
public sealed class DialogInfoTests
{
    private static readonly XNamespace Ns = "urn:ietf:params:xml:ns:dialog-info";

    private static LineCall Call(int id, LineState state = LineState.Early, string? remote = "+49301", string? name = null,
        LineDialog? dialog = null) =>
        new(LegId.Compose(1, 0, 7, (uint)id, (ulong)id), new(id, 0, 0, new byte[8]), new(id), false, state, remote, name, dialog);

    private static XElement Read(string user, IReadOnlyList<LineCall> calls, IReadOnlyList<LineCall>? told = null) =>
        XDocument.Parse(Encoding.UTF8.GetString(DialogInfo.Write(user, "sip.example.com", 7, calls, told ?? []))).Root!;

    [Fact]
    public void Nobody_is_called()
    {
        var info = Read("bob", []);
        Assert.Equal(Ns + "dialog-info", info.Name);
        Assert.Equal(("7", "full", "sip:bob@sip.example.com"),
            ((string?)info.Attribute("version"), (string?)info.Attribute("state"), (string?)info.Attribute("entity")));
        Assert.Empty(info.Elements());
    }

    [Fact]
    public void A_call_that_rings_has_what_another_phone_takes_it_by()
    {
        var dialog = Assert.Single(Read("bob", [Call(1, name: "Dr. No", dialog: new("a@b", "theirs", "ours"))]).Elements());
        Assert.Equal(("a@b", "theirs", "ours", "recipient"), ((string?)dialog.Attribute("call-id"), (string?)dialog.Attribute("local-tag"),
            (string?)dialog.Attribute("remote-tag"), (string?)dialog.Attribute("direction")));
        Assert.Equal("early", (string?)dialog.Element(Ns + "state"));
        var remote = dialog.Element(Ns + "remote")!;
        Assert.Equal("sip:+49301@sip.example.com", (string?)remote.Element(Ns + "identity"));
        Assert.Equal("sip:+49301@sip.example.com", (string?)remote.Element(Ns + "target")!.Attribute("uri"));
        Assert.Equal("Dr. No", (string?)remote.Element(Ns + "identity")!.Attribute("display"));
    }

    [Fact]
    public void What_is_over_is_told_as_terminated()
    {
        var dialogs = Read("bob", [Call(2)], told: [Call(1), Call(2)]).Elements().ToArray();
        Assert.Equal(["early", "terminated"], dialogs.Select(d => (string?)d.Element(Ns + "state")));
    }

    [Theory]
    [InlineData("<script>&\"'", "<script>&\"'")]
    [InlineData("a\0b\u0001c\u001bd\u007fe\u009ff\r\n", "abcdef")]
    [InlineData("Zo\u00eb \ud83d\ude00", "Zo\u00eb \ud83d\ude00")]
    [InlineData("\uffff\ufffe]]>", "]]>")]
    public void Names_cannot_break_it(string name, string shown) => Assert.Equal(shown,
        (string?)Read("bob", [Call(1, name: name)]).Descendants(Ns + "remote").Single().Element(Ns + "identity")!.Attribute("display"));

    [Fact]
    public void However_long_parties_and_names_are_it_can_be_sent()
    {
        LineDialog dialog = new(new('c', 64), new('"', 256), new('l', 64));
        LineCall[] calls = [.. Enumerable.Range(1, Limits.ShownCalls)
            .Select(i => Call(i, remote: new('\u00e4', Limits.ShownParty), name: new('&', 2_000), dialog: dialog))];
        Assert.True(DialogInfo.Write("bob", "sip.example.com", 7, calls, calls).Length < Ringwright.Sip.Limits.BodyBytes);
        var remote = Read("bob", [Call(1, remote: new('x', Limits.ShownParty + 1), name: new('n', Limits.ShownName + 1))])
            .Descendants(Ns + "remote").Single().Element(Ns + "identity")!;
        Assert.Equal("sip:anonymous@sip.example.com", (string?)remote);
        Assert.Equal(new string('n', Limits.ShownName), (string?)remote.Attribute("display"));
    }

    [Fact]
    public void Half_a_pair_is_left_out() => Names_cannot_break_it(string.Concat("half ", '\ud83d', " a pair"), "half  a pair");

    [Theory]
    [InlineData("a b\"<x>;y", "sip:a%20b%22%3Cx%3E%3By@sip.example.com")]
    [InlineData("*72#", "sip:*72%23@sip.example.com")]
    [InlineData(null, "sip:anonymous@sip.example.com")]
    public void Parties_are_URIs(string? remote, string uri) => Assert.Equal(uri,
        (string?)Read("bob", [Call(1, remote: remote)]).Descendants(Ns + "remote").Single().Element(Ns + "identity"));

    [Fact]
    public void It_stays_small_and_shows_what_rings_first()
    {
        var calls = Enumerable.Range(1, 100).Select(i => Call(i, i == 90 ? LineState.Early : LineState.Confirmed)).ToArray();
        var shown = DialogInfo.Choose(calls);
        Assert.Equal(Limits.ShownCalls, shown.Count);
        Assert.Equal(90, shown[0].Id.ToByteArray()[0]);
    }
}

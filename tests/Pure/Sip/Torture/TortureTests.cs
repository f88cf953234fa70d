using System.Globalization;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip.Torture;

public sealed class TortureTests
{
    internal static readonly TortureCase[] Cases = [.. ValidMessages.All, .. InvalidMessages.All, .. HigherMessages.All];

    private static readonly UserAgentPolicy Agent =
        new() { Methods = [.. Enum.GetValues<SipMethod>().Where(method => method is not SipMethod.Unknown)] };

    public static TheoryData<string, string> Names()
    {
        var rows = new TheoryData<string, string>();
        foreach (var one in Cases) rows.Add(one.Section, one.Name);
        return rows;
    }

    [Theory, MemberData(nameof(Names))]
    public void A_torture_message_has_the_outcome_that_RFC_4475_describes(string section, string name)
    {
        var one = Cases.Single(one => one.Section == section && one.Name == name);
        Assert.Equal(one.Outcome, OutcomeOf(Wire.Bytes(one.Text)));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_torture_message_that_parses_keeps_its_normal_form(string section, string name)
    {
        var one = Cases.Single(one => one.Section == section && one.Name == name);
        if (SipParser.TryParse(Wire.Bytes(one.Text), out var message) is ParseStatus.Ok) FixedPoint.Check(message!); // Ok brings a message
    }

    [Fact]
    public void Every_section_of_RFC_4475_with_a_message_has_one_here()
    {
        string[] sections =
        [
            .. Enumerable.Range(1, 13).Select(i => $"3.1.1.{i}"), .. Enumerable.Range(1, 19).Select(i => $"3.1.2.{i}"),
            "3.2.1", .. Enumerable.Range(1, 15).Select(i => $"3.3.{i}"), "3.4.1",
        ];
        Assert.Equal(sections.Order(), Cases.Select(one => one.Section).Distinct().Order());
    }

    private static int OutcomeOf(byte[] datagram)
    {
        if (datagram.AsSpan().StartsWith("SIP/"u8))
        {
            // For us any response here is a stray: what counts is whether it reads, and that a Via too many is seen.
            if (SipParser.TryParse(datagram, out var response) is not ParseStatus.Ok) return 0;
            int vias = 0;
            foreach (var _ in response!.Values(SipHeader.Via)) vias++; // Ok brings a message
            return vias == 1 ? 200 : 0;
        }
        var layer = Wire.Layer();
        layer.Handle(datagram, Wire.Peer, new(0));
        int outcome = 0;
        while (layer.TryPoll(out var output))
        {
            if (output is TransactionOutput.Transmit sent && StatusOf(sent.Bytes.Span) is var status && status >= 200) outcome = status;
            if (output is TransactionOutput.RequestReceived received) outcome = Agent.Check(received.Request)?.Status ?? 200;
        }
        return outcome;
    }

    private static int StatusOf(ReadOnlySpan<byte> response) =>
        int.Parse(Encoding.ASCII.GetString(response[8..11]), CultureInfo.InvariantCulture);
}

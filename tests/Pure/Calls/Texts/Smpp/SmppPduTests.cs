using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;

namespace Ringwright.Pure.Calls.Texts.Smpp;

/// <summary>Bytes that were written by hand from SMPP 3.4, and what nobody should send.</summary>
public sealed class SmppPduTests
{
    private const string From = "31353535303130303030", To = "34393137303132333435", Hello = "48656C6C6F";

    /// <summary>+15550100000 to +4917012345, "Hello", a receipt is asked for.</summary>
    private const string Submit = $"00 0101{From}00 0101{To}00 00 00 00 00 00 01 00 00 00 05{Hello}";

    [Fact]
    public void A_message_is_written_as_the_standard_has_it()
    {
        var message = new SmppMessage
        {
            From = SmppAddress.Of("+1555010000"), To = SmppAddress.Of("+4917012345"), RegisteredDelivery = 1, Text = Bytes(Hello),
        };
        Assert.Equal(Hex(Submit), Convert.ToHexString(message.ToBody()));
        Assert.Equal("0000003A00000004000000000000002A" + Hex(Submit),
            Convert.ToHexString(new SmppPdu(SmppCommand.SubmitSm, 0, 42, message.ToBody()).ToBytes()));
    }

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        var read = SmppMessage.Read(SmppCommand.DeliverSm, Bytes(Submit + "001E 0003 414200 0427 0001 02"))!;
        Assert.Equal(("+1555010000", "+4917012345", (byte)1), (read.From.Party, read.To.Party, read.RegisteredDelivery));
        Assert.Equal(Hello, Convert.ToHexString(read.Text.Span));
        Assert.Equal(("AB", 2), (read.Find(SmppTlv.ReceiptedMessageId)!.Value.Text, read.Find(SmppTlv.MessageState)!.Value.Number));
        Assert.Equal(Hex(Submit + "001E 0003 414200 0427 0001 02"), Convert.ToHexString(read.ToBody()));
    }

    /// <summary>Of centres that end a text, or their parameters, with a zero.</summary>
    [Theory]
    [InlineData("00", 0), InlineData("000000", 0), InlineData("0427 0001 02 00", 1)]
    public void Zeros_behind_all_fields_are_none(string tail, int tlvs)
    {
        var read = SmppMessage.Read(SmppCommand.DeliverSm, Bytes(Submit + tail))!;
        Assert.Equal((Hello, tlvs), (Convert.ToHexString(read.Text.Span), read.Tlvs.Count));
    }

    /// <summary>Centres whose parameters say a length that they do not have.</summary>
    [Theory]
    [InlineData("0427", 0), InlineData("0427 FFFF 02", 0), InlineData("0427 0001 02 1400 0013 3137", 1)]
    public void Half_a_parameter_costs_no_text(string tail, int tlvs)
    {
        var read = SmppMessage.Read(SmppCommand.DeliverSm, Bytes(Submit + tail))!;
        Assert.Equal((Hello, tlvs), (Convert.ToHexString(read.Text.Span), read.Tlvs.Count));
    }

    [Fact]
    public void A_receipt_by_parameters_is_read_up_to_half_a_one()
    {
        string empty = $"00 0101{From}00 0101{To}00 04 00 00 00 00 00 00 00 00 00";
        var read = SmppMessage.Read(SmppCommand.DeliverSm, Bytes(empty + "001E 0003 414200 0427 0001 02 1400 0013 3137"))!;
        Assert.Equal(new SmppReceipt("AB", SmppOutcome.Delivered, null, null, true), SmppReceipt.Of(read));
    }

    [Fact]
    public void A_long_text_goes_as_a_parameter()
    {
        var message = new SmppMessage { From = SmppAddress.Of("Bank"), To = SmppAddress.Of("12345"), Text = new byte[300] };
        var read = SmppMessage.Read(SmppCommand.SubmitSm, message.ToBody())!;
        Assert.Equal((300, 0), (read.Text.Length, read.Tlvs.Count));
        Assert.Equal((new SmppAddress(5, 0, "Bank"), new SmppAddress(3, 0, "12345")), (read.From, read.To));
    }

    [Fact]
    public void Another_kind_of_message_has_fewer_fields()
    {
        var read = SmppMessage.Read(SmppCommand.DataSm, Bytes($"00 0101{From}00 0101{To}00 04 01 08 0424 0004 00480069"))!;
        Assert.Equal((SmppEsm.Receipt, (byte)8, "00480069"), (read.EsmClass, read.DataCoding, Convert.ToHexString(read.Text.Span)));
    }

    [Fact]
    public void A_bind_is_read_and_written()
    {
        var bind = SmppBind.Read(Bytes("534D50503354455354 00 7365637265743038 00 5355424D495431 00 34 01 01 00"));
        Assert.Equal(new SmppBind("SMPP3TEST", "secret08", "SUBMIT1"), bind);
        Assert.Equal(bind, SmppBind.Read(bind!.ToBody()));
        Assert.Equal("centre", SmppBind.ReadName("centre\0\0"u8));
        Assert.Equal("", SmppBind.ReadName([]));
        Assert.Equal(new string('a', 64), SmppBind.ReadName(Bytes(string.Concat(Enumerable.Repeat("61", 1_000)))));
    }

    [Fact]
    public void What_comes_in_pieces_is_cut_into_whole_ones()
    {
        byte[] all = [.. Pdu(1).ToBytes(), .. Pdu(2).ToBytes(), .. Pdu(3).ToBytes()];
        var frames = new SmppFrames();
        var seen = new List<uint>();
        foreach (byte one in all)
        {
            frames.Add([one]);
            while (frames.Take(out var pdu) is SmppFrame.Whole) seen.Add(pdu!.Sequence);
        }
        Assert.Equal([1u, 2u, 3u], seen);
        Assert.Equal(SmppFrame.None, frames.Take(out _));
    }

    [Theory]
    [InlineData("00000000"), InlineData("0000000F"), InlineData("00010001"), InlineData("FFFFFFFF"), InlineData("47455420")]
    public void A_length_that_no_PDU_has_is_seen_at_once(string length)
    {
        var frames = new SmppFrames();
        frames.Add(Bytes(length));
        Assert.Equal(SmppFrame.Broken, frames.Take(out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData($"00 0101{From}")]                                              // no zero
    [InlineData($"00 0101{From}00 0101{To}00 00 00 00 00 00 01 00 00 00 FF{Hello}")]         // longer than it is
    [InlineData($"00 0101{From}00 0101{To}00 00 00 00 00 00 01 00 00 00 00 0424 0005 4865")]        // half a text
    [InlineData($"00 0101{From}00 0101{To}00 00 00 00 00 00 01 00 00 00 00 0427")]
    public void What_is_no_message_is_none(string body) => Assert.Null(SmppMessage.Read(SmppCommand.DeliverSm, Bytes(body)));

    /// <summary>Whatever comes is read, or is none: no exception, and no more bytes than there are.</summary>
    [Fact]
    public void Random_bytes_harm_nothing()
    {
        var rng = new Rng(20_26);
        byte[] good = Bytes(Submit + "001E 0003 414200 0427 0001 02");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = good[..rng.Next(good.Length + 1)];
            for (int j = rng.Next(4); j > 0 && bytes.Length > 0; j--) bytes[rng.Next(bytes.Length)] = (byte)rng.Next(256);
            var command = rng.Chance(0.5) ? SmppCommand.DeliverSm : SmppCommand.DataSm;
            if (SmppMessage.Read(command, bytes) is not { } message) continue;
            _ = SmppReceipt.Of(message);
            if (SmppText.PartOf(message) is { } part) Assert.True(part.IsOne);
            string? words = SmppText.Read(SmppText.BodyOf(message).Span, message.DataCoding, SmppAlphabet.Gsm7);
            Assert.DoesNotContain('\0', words ?? "");
            Assert.NotNull(SmppMessage.Read(SmppCommand.DeliverSm, (message with { Validity = "" }).ToBody()));
        }
    }

    [Theory]
    [InlineData(1, 1, "4917012345", "+4917012345")]
    [InlineData(1, 1, "+4917012345", "+4917012345")]
    [InlineData(0, 0, "4917012345", "+4917012345")]
    [InlineData(2, 1, "004917012345", "+4917012345")]
    [InlineData(0, 0, "12345", "12345")]
    [InlineData(3, 0, "12345", "12345")]
    [InlineData(5, 0, "4917012345", "4917012345")]
    [InlineData(1, 1, "", "")]
    [InlineData(0, 0, "01701234567", "01701234567")]
    [InlineData(1, 1, "01701234567", "01701234567")]
    [InlineData(2, 1, "1701234567", "1701234567")]
    [InlineData(1, 1, "3332", "3332")]
    [InlineData(1, 1, "246810", "246810")]
    [InlineData(1, 1, "6834001", "+6834001")]
    public void A_number_is_known_by_its_type_or_its_form(int ton, int npi, string text, string party) =>
        Assert.Equal(party, new SmppAddress((byte)ton, (byte)npi, text).Party);

    private static SmppPdu Pdu(uint sequence) => new(SmppCommand.EnquireLink, 0, sequence, new byte[(int)sequence]);

    private static string Hex(string spaced) => spaced.Replace(" ", "", StringComparison.Ordinal);

    private static byte[] Bytes(string spaced) => Convert.FromHexString(Hex(spaced));
}

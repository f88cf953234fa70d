using System.Text;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Pure.Calls.Texts.Smpp;

public sealed class SmppReceiptTests
{
    private const string Usual = "id:00Ab12 sub:001 dlvrd:001 submit date:2611260600 done date:2611260601 stat:DELIVRD "
        + "err:000 text:id:9 Hello";

    [Fact]
    public void The_usual_text_is_read()
    {
        Assert.Equal(new SmppReceipt("00Ab12", SmppOutcome.Delivered, null, null, true), SmppReceipt.Of(Message(Usual, SmppEsm.Receipt)));
        Assert.False(SmppReceipt.Of(Message(Usual, 0))!.IsCertain);
    }

    [Theory]
    [InlineData("EXPIRED", SmppOutcome.Expired), InlineData("UNDELIV", SmppOutcome.Undeliverable)]
    [InlineData("REJECTD", SmppOutcome.Rejected)]
    [InlineData("DELETED", SmppOutcome.Deleted), InlineData("UNKNOWN", SmppOutcome.Unknown), InlineData("delivered", SmppOutcome.Delivered)]
    [InlineData("ENROUTE", SmppOutcome.OnItsWay), InlineData("ACCEPTD", SmppOutcome.OnItsWay), InlineData("nonsense", SmppOutcome.OnItsWay)]
    [InlineData("BUFFRED", SmppOutcome.OnItsWay), InlineData("ACKED", SmppOutcome.OnItsWay), InlineData("NULL", SmppOutcome.Unknown)]
    [InlineData("NOCRED", SmppOutcome.Undeliverable), InlineData("SYSERR", SmppOutcome.Undeliverable)]
    [InlineData("ZEROBAL", SmppOutcome.Undeliverable), InlineData("BARRED", SmppOutcome.Rejected)]
    [InlineData("barreda", SmppOutcome.Rejected), InlineData("BLIST", SmppOutcome.Rejected)]
    [InlineData("NOROUTE", SmppOutcome.Undeliverable), InlineData("Failed", SmppOutcome.Undeliverable)]
    [InlineData("DELIVERY_FAILED", SmppOutcome.Undeliverable), InlineData("SUBMITD", SmppOutcome.OnItsWay)]
    public void Each_state_is_known(string word, SmppOutcome outcome)
    {
        var receipt = SmppReceipt.Of(Message($"id:1 stat:{word} err:045", SmppEsm.Receipt))!;
        Assert.Equal((outcome, "045"), (receipt.Outcome, receipt.Error));
    }

    [Fact]
    public void Parameters_stand_above_the_text()
    {
        var message = Message(Usual, SmppEsm.Receipt) with
        {
            Tlvs =
            [
                new(SmppTlv.ReceiptedMessageId, "FF\0"u8.ToArray()), SmppTlv.Octet(SmppTlv.MessageState, 5),
                SmppTlv.Short(SmppTlv.UserMessageReference, 515), new(SmppTlv.NetworkErrorCode, new byte[] { 3, 0, 21 }),
            ],
        };
        Assert.Equal(new SmppReceipt("FF", SmppOutcome.Undeliverable, 515, "21", true), SmppReceipt.Of(message));
    }

    [Theory]
    [InlineData(""), InlineData("Hello"), InlineData(Usual)]
    public void Parameters_alone_mark_one_where_they_say_which_text_and_what_became_of_it(string text)
    {
        var (id, state) = (new SmppTlv(SmppTlv.ReceiptedMessageId, "FF\0"u8.ToArray()), SmppTlv.Octet(SmppTlv.MessageState, 2));
        var message = Message(text, 0) with { Tlvs = [id, state] };
        Assert.Equal(new SmppReceipt("FF", SmppOutcome.Delivered, null, null, true), SmppReceipt.Of(message));
        // One of them says too little, and another kind of message is none.
        Assert.False(SmppReceipt.Of(message with { Tlvs = [id] }) is { IsCertain: true });
        Assert.False(SmppReceipt.Of(message with { Tlvs = [state] }) is { IsCertain: true });
        Assert.False(SmppReceipt.Of(message with { EsmClass = 0x08 }) is { IsCertain: true });
    }

    [Fact]
    public void What_some_centres_end_it_with_is_no_part_of_it()
    {
        var receipt = new SmppReceipt("1", SmppOutcome.Delivered, null, null, true);
        Assert.Equal(receipt, SmppReceipt.Of(Message("id:1 stat:DELIVRD err:000\0", SmppEsm.Receipt)));
        Assert.Equal(receipt, SmppReceipt.Of(Message("id:1\0 stat:DELIVRD\r\n", SmppEsm.Receipt)));
        var unnamed = Message("id:1 stat:DELIVRD", SmppEsm.Receipt) with { Tlvs = [new(SmppTlv.ReceiptedMessageId, new byte[1])] };
        Assert.Equal(receipt, SmppReceipt.Of(unnamed));
    }

    [Theory]
    [InlineData("id:7\tsub:001\tstat:UNDELIV\terr:045"), InlineData("id:7,sub:001,stat:UNDELIV,err:045")]
    [InlineData("id:7\nsub:001\nstat:UNDELIV\nerr:045\n"), InlineData("ID: 7; STAT: UNDELIV; ERR: 045;")]
    [InlineData("sub:001\r\nid:7\r\nstat:FAILED\r\nerr:045")]
    public void However_its_fields_are_parted_they_are_read(string text)
    {
        var receipt = new SmppReceipt("7", SmppOutcome.Undeliverable, null, "045", true);
        var message = Message(text, SmppEsm.Receipt);
        Assert.Equal(receipt, SmppReceipt.Of(message));
        // Some centres repeat the alphabet of the text, and keep to it or not.
        Assert.Equal(receipt, SmppReceipt.Of(message with { DataCoding = SmppText.Ucs2 }));
        Assert.Equal(receipt, SmppReceipt.Of(message with
        {
            DataCoding = SmppText.Ucs2,
            Text = Encoding.BigEndianUnicode.GetBytes(text),
        }));
        Assert.Equal(receipt, SmppReceipt.Of(message with { DataCoding = SmppText.Ucs2, Text = Encoding.Unicode.GetBytes(text) }));
        foreach (Encoding marked in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode])
            Assert.Equal(receipt, SmppReceipt.Of(message with
            {
                DataCoding = SmppText.Ucs2,
                Text = (byte[])[.. marked.GetPreamble(), .. marked.GetBytes(text)],
            }));
    }

    [Theory]
    [InlineData("id:7 sub:000 dlvrd:000 submit date:180903120815 done date:180903120816 DELIVRD err:000 Text:", SmppOutcome.Delivered)]
    [InlineData("id:7 submit date:1701240904 done date:1701240904 stat:UNDELIV err:000 text:stat:DELIVRD", SmppOutcome.Undeliverable)]
    [InlineData("id:7 sub:000 submit date:180711070003912+ done date:180711070000012+ stat:EXPIRED err:000", SmppOutcome.Expired)]
    [InlineData("id:7 done date:1609459200 EXPIRED text: DELIVRD", SmppOutcome.Expired)]
    public void Fields_that_are_left_out_or_written_otherwise_cost_no_state(string text, SmppOutcome outcome)
    {
        var receipt = SmppReceipt.Of(Message(text, SmppEsm.Receipt))!;
        Assert.Equal(("7", outcome), (receipt.Id, receipt.Outcome));
        Assert.Null(receipt.Error);
    }

    /// <summary>Nothing of them is the centre's word.</summary>
    [Theory]
    [InlineData("text:id:7 stat:DELIVRD"), InlineData("sub:001 text:id:7 stat:DELIVRD")]
    [InlineData("id:7 err:000 text:DELIVRD stat:DELIVRD")]
    public void What_the_text_says_that_it_tells_of_is_no_field(string text)
    {
        var receipt = SmppReceipt.Of(Message(" " + text, SmppEsm.Receipt))!;
        Assert.Equal(("", SmppOutcome.OnItsWay), (receipt.Id, receipt.Outcome));
    }

    /// <summary>A person who writes such a word has received nothing.</summary>
    [Fact]
    public void A_state_without_its_name_is_none_of_what_is_not_marked() =>
        Assert.Null(SmppReceipt.Of(Message("id:7 done date:1609459200 DELIVRD", 0)));

    [Fact]
    public void One_that_says_it_has_a_header_and_has_none_is_read_whole()
    {
        const byte both = SmppEsm.Receipt | SmppEsm.Header;
        Assert.Equal(("00Ab12", SmppOutcome.Delivered), Read(Message(Usual, both)));
        var headed = Message("", both) with { Text = (byte[])[5, 0, 3, 7, 2, 1, .. Encoding.ASCII.GetBytes(Usual)] };
        Assert.Equal(("00Ab12", SmppOutcome.Delivered), Read(headed));

        static (string, SmppOutcome) Read(SmppMessage message) => (SmppReceipt.Of(message)!.Id, SmppReceipt.Of(message)!.Outcome);
    }

    /// <summary>The centre tells of an attempt, and goes on.</summary>
    [Theory]
    [InlineData("UNDELIV", SmppOutcome.OnItsWay), InlineData("ENROUTE", SmppOutcome.OnItsWay)]
    [InlineData("DELIVRD", SmppOutcome.Delivered)]
    public void A_notification_ends_nothing_but_by_being_there(string word, SmppOutcome outcome) =>
        Assert.Equal(outcome, SmppReceipt.Of(Message($"id:1 stat:{word}", SmppEsm.Notification))!.Outcome);

    [Theory]
    [InlineData("Yes."), InlineData(""), InlineData("valid:1 stat:DELIVRD done date:1"), InlineData("id:1 stat:DELIVRD")]
    public void What_people_write_is_no_receipt(string text) => Assert.Null(SmppReceipt.Of(Message(text, 0)));

    [Theory]
    [InlineData("Hello"), InlineData(""), InlineData("id: stat:"), InlineData("stat:DELIVRD")]
    public void One_that_names_nothing_says_nothing(string text) =>
        Assert.Equal(new SmppReceipt("", SmppOutcome.OnItsWay, null, null, true), SmppReceipt.Of(Message(text, SmppEsm.Receipt)));

    [Theory]
    [InlineData("00AB12", "ab12"), InlineData("0", "0"), InlineData("", "0"), InlineData("a-1", "a-1")]
    public void Ids_are_compared_without_case_and_zeros(string id, string normal) => Assert.Equal(normal, SmppReceipt.Normal(id));

    [Fact]
    public void An_id_is_looked_for_in_both_bases()
    {
        Assert.Equal(["255", "ff", "597"], SmppReceipt.NamesOf("0255"));
        Assert.Equal(["ff", "255"], SmppReceipt.NamesOf("00FF"));
        Assert.Equal(["1f00-x"], SmppReceipt.NamesOf("1f00-x"));
    }

    private static SmppMessage Message(string text, byte esmClass) => new() { EsmClass = esmClass, Text = Encoding.ASCII.GetBytes(text) };
}

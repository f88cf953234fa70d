using System.Text;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;

namespace Ringwright.Pure.Calls.Texts.Smpp;

public sealed class SmppTextTests
{
    private const string Emoji = "\U0001F600", All = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€";

    [Fact]
    public void The_alphabet_has_the_codes_of_the_standard()
    {
        Assert.Equal("0002101A1C1F20245B5F607F", Convert.ToHexString(Gsm7.Encode("@$ΔΞÆÉ ¤Ä§¿à")));
        Assert.Equal("1B0A1B141B281B291B2F1B3C1B3D1B3E1B401B65", Convert.ToHexString(Gsm7.Encode("\f^{}\\[~]|€")));
        Assert.Equal(All, Gsm7.Decode(Gsm7.Encode(All)));
        Assert.Equal("3F", Convert.ToHexString(Gsm7.Encode("ж")));
    }

    [Theory]
    [InlineData("1B61", "a"), InlineData("1B", " "), InlineData("1B1B65", " €"), InlineData("E5", "e")]
    public void What_the_alphabet_does_not_have_is_read_as_the_standard_says(string octets, string text) =>
        Assert.Equal(text, Gsm7.Decode(Convert.FromHexString(octets)));

    [Theory]
    [InlineData(SmppAlphabet.Gsm7, "Grüße für 5 €", SmppText.Default)]
    [InlineData(SmppAlphabet.Latin1, "Grüße", SmppText.Latin1)]
    [InlineData(SmppAlphabet.Latin1, "5 €", SmppText.Ucs2)]
    [InlineData(SmppAlphabet.Gsm7, "Жук", SmppText.Ucs2)]
    public void A_short_text_is_one_message_that_says_the_same(SmppAlphabet alphabet, string text, byte coding)
    {
        var message = Assert.Single(SmppText.Write(text, alphabet, SmppJoining.Header, 7));
        Assert.Equal((coding, (byte)0, 0), (message.DataCoding, message.EsmClass, message.Tlvs.Count));
        Assert.Equal(text, SmppText.Read(message.Text.Span, coding, alphabet));
        Assert.Null(SmppText.PartOf(message));
    }

    [Theory]
    [InlineData(SmppJoining.Header, "a", 400, 3), InlineData(SmppJoining.Parameters, "a", 400, 3)]
    [InlineData(SmppJoining.Whole, "a", 400, 1)]
    [InlineData(SmppJoining.Header, Emoji, 50, 2), InlineData(SmppJoining.Parameters, "€", 100, 2)]
    public void A_long_text_is_parts_that_say_which_they_are(SmppJoining joining, string of, int times, int parts)
    {
        string text = string.Concat(Enumerable.Repeat(of, times));
        var messages = SmppText.Write(text, SmppAlphabet.Gsm7, joining, 0x1234);
        Assert.Equal(parts, messages.Count);
        var words = new StringBuilder();
        for (int i = 0; i < messages.Count; i++)
        {
            int reference = joining is SmppJoining.Header ? 0x34 : 0x1234;
            SmppPart? expected = parts == 1 ? null : new(reference, parts, i + 1);
            Assert.Equal(expected, SmppText.PartOf(messages[i]));
            var octets = SmppText.BodyOf(messages[i]);
            if (parts > 1) Assert.InRange(octets.Length, 1, messages[i].DataCoding is SmppText.Ucs2 ? 134 : 153);
            words.Append(SmppText.Read(octets.Span, messages[i].DataCoding, SmppAlphabet.Gsm7));
        }
        Assert.Equal(text, words.ToString());
    }

    [Theory]
    [InlineData(SmppAlphabet.Gsm7, 70, 1), InlineData(SmppAlphabet.Gsm7, 71, 2), InlineData(SmppAlphabet.Latin1, 135, 3)]
    public void A_text_that_is_to_be_wide_is_cut_as_such(SmppAlphabet alphabet, int letters, int parts)
    {
        string text = new('a', letters);
        var messages = SmppText.Write(text, alphabet, SmppJoining.Header, 7, isWide: true);
        Assert.Equal(parts, messages.Count);
        Assert.All(messages, message => Assert.Equal(SmppText.Ucs2, message.DataCoding));
        Assert.Equal(text, string.Concat(messages.Select(message =>
            SmppText.Read(SmppText.BodyOf(message).Span, message.DataCoding, alphabet))));
    }

    [Theory]
    [InlineData("050003070302", 7, 3, 2)]
    [InlineData("0608040102" + "0302", 0x0102, 3, 2)]
    [InlineData("0B0504158100000003070302", 7, 3, 2)]       // behind ports
    public void A_header_is_read(string header, int reference, int total, int number)
    {
        var message = new SmppMessage { EsmClass = SmppEsm.Header, Text = Convert.FromHexString(header + "4869") };
        Assert.Equal(new SmppPart(reference, total, number), SmppText.PartOf(message));
        Assert.Equal("Hi", SmppText.Read(SmppText.BodyOf(message).Span, 0, SmppAlphabet.Gsm7));
    }

    /// <summary>Of centres that hand on a part as it came, and leave out of its class that it has a header.</summary>
    [Theory]
    [InlineData("050003070302", "4869", SmppText.Default), InlineData("06080401070302", "4869", SmppText.Default)]
    [InlineData("050003070302", "00480069", SmppText.Ucs2)]
    public void A_header_that_nobody_speaks_of_is_one_where_it_says_which_part_it_is(string header, string octets, byte coding)
    {
        var message = new SmppMessage { DataCoding = coding, Text = Convert.FromHexString(header + octets) };
        Assert.Equal((3, 2), (SmppText.PartOf(message)!.Value.Total, SmppText.PartOf(message)!.Value.Number));
        Assert.Equal("Hi", SmppText.Read(SmppText.BodyOf(message).Span, coding, SmppAlphabet.Gsm7));
    }

    [Theory]
    [InlineData("0500030703044869"), InlineData("0500030701014869"), InlineData("0500030702004869"), InlineData("00034869")]
    [InlineData("0500030702"), InlineData("05000048"), InlineData("0608040107030448")]
    public void What_only_begins_like_a_header_is_text(string octets)
    {
        var message = new SmppMessage { Text = Convert.FromHexString(octets) };
        Assert.Null(SmppText.PartOf(message));
        Assert.Equal(octets, Convert.ToHexString(SmppText.BodyOf(message).Span));
    }

    [Theory]
    [InlineData("050003070304"), InlineData("050003070300"), InlineData("050003070001"), InlineData("050003070101")]
    [InlineData("05000307"), InlineData("FF0003070302"), InlineData("050009070302"), InlineData("00"), InlineData("")]
    public void A_header_that_makes_no_sense_is_no_part(string header)
    {
        var message = new SmppMessage { EsmClass = SmppEsm.Header, Text = Convert.FromHexString(header) };
        Assert.Null(SmppText.PartOf(message));
        _ = SmppText.BodyOf(message);
    }

    /// <summary>Clients that call GSM 03.38 ASCII, and those that mean it.</summary>
    [Theory]
    [InlineData("6D65006163651161", "me@ace_a"), InlineData("0235", "$5"), InlineData("5B1E1B65", "Äß€"), InlineData("4100410000", "A@A@@")]
    [InlineData("6D65406163655F61", "me@ace_a"), InlineData("09410D0A5B", "\tA\r\n["), InlineData("02E9", "\u0002é")]
    public void ASCII_with_letters_of_GSM_below_the_space_is_that(string octets, string text)
    {
        foreach (var alphabet in Enum.GetValues<SmppAlphabet>())
            Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), SmppText.Ascii, alphabet));
    }

    /// <summary>Centres that send by the default coding whatever they have: no letter of GSM 03.38 has its highest bit set.</summary>
    [Theory]
    [InlineData("636166E9405F", "caf\u00E9@_"), InlineData("636166C3A9405F", "caf\u00E9@_"), InlineData("63616605005F", "caf\u00E9@\u00A7")]
    [InlineData("E900", "\u00E9"), InlineData("C3A900", "\u00E9"), InlineData("E90041", "\u00E9\uFFFDA")]
    public void The_default_coding_with_letters_of_eight_bits_is_another_alphabet(string octets, string text)
    {
        foreach (byte coding in (byte[])[SmppText.Default, 0xF1])
            Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), coding, SmppAlphabet.Gsm7));
        // Whoever says that letters are Latin-1 is believed.
        Assert.Equal("\u00C3\u00A9", SmppText.Read([0xC3, 0xA9], SmppText.Default, SmppAlphabet.Latin1));
        // As he is who names a language: Turkish here.
        Assert.Equal("e", SmppText.Read([0xE5], SmppText.Default | 0x100, SmppAlphabet.Gsm7));
    }

    /// <summary>Headers that name a language: Turkish 1, Spanish 2, Portuguese 3, and one that nobody reads.</summary>
    [Theory]
    [InlineData("03240101", "1B671B691B731B651B3C", "\u011F\u0131\u015F\u20AC[")]
    [InlineData("03240102", "1B611B091B4F", "\u00E1\u00E7\u00D3")]
    [InlineData("03240103", "1B7B1B5C1B051B1F", "\u00E3\u00D5\u00EA\u00CA")]
    [InlineData("03250101", "07040C1C4060", "\u0131\u20AC\u011F\u015E\u0130\u00E7")]
    [InlineData("03250103", "04247B7F18", "\u00EA\u00BA\u00E3\u00E0\u20AC")]
    [InlineData("06240101250101", "1B69041B65", "\u0131\u20AC\u20AC")]
    [InlineData("0324010D", "1B6141", "aA"), InlineData("03250102", "0407", "\u00E8\u00EC")]
    [InlineData("082401030003070201", "1B7B", "\u00E3")]
    public void A_language_of_the_header_has_letters_of_its_own(string header, string octets, string text)
    {
        var message = new SmppMessage { EsmClass = SmppEsm.Header, Text = Convert.FromHexString(header + octets) };
        Assert.Equal(text, SmppText.Read(SmppText.BodyOf(message).Span, SmppText.CodingOf(message), SmppAlphabet.Gsm7));
    }

    [Theory]
    [InlineData("FFFE16044304", "\u0416\u0443"), InlineData("FEFF04160443", "\u0416\u0443"), InlineData("04160443", "\u0416\u0443")]
    [InlineData("FFFE1604FFFE4304", "\u0416\u0443"), InlineData("0041FEFF0042", "A\uFEFFB"), InlineData("FEFF", ""), InlineData("", "")]
    public void A_mark_says_which_octet_of_a_letter_comes_first(string octets, string text) =>
        Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), SmppText.Ucs2, SmppAlphabet.Gsm7));

    /// <summary>Networks that turn to UTF-16 for one letter, and leave the data coding as it was.</summary>
    [Theory]
    [InlineData("00530054004F0050", "STOP"), InlineData("006300E7D83DDE00", "c\u00E7\U0001F600"), InlineData("D83DDC4D", "\U0001F44D")]
    [InlineData("04210422041E041F", "\u0421\u0422\u041E\u041F"), InlineData("043404300020043404300021", "\u0434\u0430 \u0434\u0430!")]
    [InlineData("004920190064", "I\u2019d"), InlineData("003500A020AC0020006F006B", "5\u00A0\u20AC ok")]
    [InlineData("007A0142006F007400790020", "z\u0142oty "), InlineData("0646063906450020002E", "\u0646\u0639\u0645 .")]
    [InlineData("005300540000", "ST"), InlineData("FEFF00530000", "S")]
    [InlineData("FEFF0053", "S"), InlineData("FFFE53005400", "ST"), InlineData("FEFF53A64F60", "\u53A6\u4F60")]
    public void UTF_16_that_nobody_speaks_of_is_read(string octets, string text)
    {
        foreach (byte coding in (byte[])[SmppText.Default, SmppText.Ascii, SmppText.Latin1, 0xF1])
            foreach (var alphabet in Enum.GetValues<SmppAlphabet>())
                Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), coding, alphabet));
    }

    [Theory]
    [InlineData("0041", "@A"), InlineData("0041004200", "@A@B@"), InlineData("00410000", "@A@@"), InlineData("41004200", "A@B@")]
    [InlineData("04200431", "\u00E8 \u00E81"), InlineData("057405200574", "\u00E9t\u00E9 \u00E9t"), InlineData("00612062", "@a b")]
    [InlineData("006120630064", "@a c@d"), InlineData("017901200135", "\u00A3y\u00A3 \u00A35")]
    public void What_only_looks_like_UTF_16_is_text_of_GSM(string octets, string text) =>
        Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), SmppText.Default, SmppAlphabet.Gsm7));

    [Theory]
    [InlineData("D841D842", "\u00D8A\u00D8B"), InlineData("DC4DD83D", "\u00DCM\u00D8=")]
    public void Letters_of_Latin_are_no_halves_of_emoji(string octets, string text) =>
        Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), SmppText.Latin1, SmppAlphabet.Gsm7));

    /// <summary>A mailbox says in words that something waits in it.</summary>
    [Theory]
    [InlineData((byte)0xC8, "4869", "Hi"), InlineData((byte)0xD0, "4869", "Hi"), InlineData((byte)0xE0, "00480069", "Hi")]
    [InlineData((byte)0xC8, "", null), InlineData((byte)0xE8, "", null), InlineData((byte)0x84, "4869", null)]
    public void What_a_mailbox_says_is_read(byte coding, string octets, string? text) =>
        Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), coding, SmppAlphabet.Gsm7));

    [Theory]
    [InlineData(SmppText.Cyrillic, "BFE0D8D2D5E2", "\u041F\u0440\u0438\u0432\u0435\u0442")]
    [InlineData(SmppText.Cyrillic, "A1B6F1F0FD0041AD00", "\u0401\u0416\u0451\u2116\u00A7\uFFFDA\u00AD")]
    [InlineData(SmppText.Hebrew, "F9ECE5ED20AABADFFDC0FAA3", "\u05E9\u05DC\u05D5\u05DD \u00D7\u00F7\u2017\u200E\uFFFD\u05EA\u00A3")]
    public void Cyrillic_and_Hebrew_letters_are_an_octet_each(byte coding, string octets, string text) =>
        Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), coding, SmppAlphabet.Latin1));

    [Theory]
    [InlineData(SmppText.Ucs2, "D83D", "\uFFFD"), InlineData(SmppText.Ucs2, "00410000", "A"), InlineData(SmppText.Ascii, "4100", "A")]
    [InlineData(SmppText.Ucs2, "004100000042", "A\uFFFDB"), InlineData(SmppText.Latin1, "410042", "A\uFFFDB")]
    [InlineData(SmppText.Latin1, "0000", "")]
    [InlineData((byte)0xF1, "00", "@"), InlineData((byte)0x18, "0041", "A"), InlineData((byte)0x10, "41", "A")]
    [InlineData((byte)0xF5, "41", null), InlineData((byte)0x04, "41", null), InlineData((byte)0x02, "41", null)]
    [InlineData((byte)0x14, "41", null), InlineData((byte)0x28, "0041", null)]
    public void Nothing_is_read_that_nobody_can_keep(byte coding, string octets, string? text) =>
        Assert.Equal(text, SmppText.Read(Convert.FromHexString(octets), coding, SmppAlphabet.Gsm7));
}

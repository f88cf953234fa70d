namespace Ringwright.Calls.Texts.Smpp;

/// <summary>An address with its type of number and numbering plan (SMPP 3.4, sections 5.2.5 and 5.2.6).</summary>
public readonly record struct SmppAddress(byte Ton, byte Npi, string Text)
{
    private const byte International = 1, Alphanumeric = 5, Isdn = 1, NetworkSpecific = 3;
    private const int ShortestNumber = 9, ShortestWhole = 7;

    /// <summary>Of +E.164, of a short code or of a name.</summary>
    public static SmppAddress Of(string party) => party switch
    {
        ['+', .. var digits] => new(International, Isdn, digits),
        _ when party.All(char.IsAsciiDigit) => new(NetworkSpecific, 0, party),
        _ => new(Alphanumeric, 0, party),
    };

    /// <summary>
    /// +E.164 where it is international, says so by its plus or two zeros, or is as long as one is without a type; what stands there else,
    /// as of a national number, whose country nobody has said.
    /// </summary>
    public string Party
    {
        get
        {
            if (Ton is Alphanumeric || Text.Length == 0) return Text;
            string digits = Text.StartsWith('+') ? Text[1..] : Text;
            if (!digits.All(char.IsAsciiDigit)) return Text;
            if (digits.StartsWith("00", StringComparison.Ordinal)) return "+" + digits[2..];
            // Centres call short codes international, too: no number of any country is as short.
            bool isWhole = Text.StartsWith('+') || (Ton is International && digits.Length >= ShortestWhole)
                || (Ton is 0 && digits.Length >= ShortestNumber);
            // No country code begins with zero: that is a national number, whatever its type says.
            return isWhole && !digits.StartsWith('0') ? "+" + digits : Text;
        }
    }
}

/// <summary>A message on its way, either way: submit_sm, deliver_sm and data_sm (SMPP 3.4, sections 4.4.1, 4.6.1 and 4.7.1).</summary>
public sealed record SmppMessage
{
    /// <summary>Octets of a text that has no parameter of its own.</summary>
    public const int LongestShort = 254;

    private const int ServiceOctets = 6, AddressOctets = 65, TimeOctets = 17;

    public SmppAddress From { get; init; }
    public SmppAddress To { get; init; }
    /// <summary>Bits: what kind of message it is, and whether its text begins with a header (<see cref="SmppEsm"/>).</summary>
    public byte EsmClass { get; init; }
    /// <summary>16 characters; empty lets the centre decide.</summary>
    public string Validity { get; init; } = "";
    /// <summary>1 asks for a receipt.</summary>
    public byte RegisteredDelivery { get; init; }
    public byte DataCoding { get; init; }
    /// <summary>As it is in the PDU: with its header, and in whichever alphabet.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }
    /// <summary>All but the text, where it came as one.</summary>
    public IReadOnlyList<SmppTlv> Tlvs { get; init; } = [];

    public SmppTlv? Find(ushort tag)
    {
        foreach (var tlv in Tlvs)
            if (tlv.Tag == tag) return tlv;
        return null;
    }

    /// <summary>Of submit_sm and deliver_sm. A text that is too long for its field goes as a parameter.</summary>
    public byte[] ToBody()
    {
        bool isLong = Text.Length > LongestShort;
        var writer = new SmppFieldWriter().Text("", ServiceOctets);
        Write(writer, From);
        Write(writer, To);
        writer.Octet(EsmClass).Octet(0).Octet(0).Text("", TimeOctets).Text(Validity, TimeOctets).Octet(RegisteredDelivery).Octet(0)
            .Octet(DataCoding).Octet(0).Octet(isLong ? (byte)0 : (byte)Text.Length);
        if (!isLong) writer.Octets(Text.Span);
        return writer.Tlvs(isLong ? [new(SmppTlv.MessagePayload, Text), .. Tlvs] : Tlvs).ToBytes();
    }

    /// <param name="command">Data_sm has fewer fields.</param>
    /// <returns>Null for what is none.</returns>
    public static SmppMessage? Read(SmppCommand command, ReadOnlySpan<byte> body)
    {
        var reader = new SmppFieldReader(body);
        reader.Text(ServiceOctets);
        SmppAddress from = ReadAddress(ref reader), to = ReadAddress(ref reader);
        var message = new SmppMessage { From = from, To = to, EsmClass = reader.Octet() };
        if (command is SmppCommand.DataSm)
            message = message with { RegisteredDelivery = reader.Octet(), DataCoding = reader.Octet() };
        else
        {
            reader.Octets(2);
            reader.Text(TimeOctets);
            string validity = reader.Text(TimeOctets);
            byte registered = reader.Octet();
            reader.Octet();
            byte coding = reader.Octet();
            reader.Octet();
            message = message with
            {
                Validity = validity,
                RegisteredDelivery = registered,
                DataCoding = coding,
                Text = reader.Octets(reader.Octet()).ToArray(),
            };
        }
        if (reader.IsBroken) return null;
        var tlvs = SmppTlv.ReadAll(ref reader);
        var payload = tlvs.Find(tlv => tlv.Tag is SmppTlv.MessagePayload);
        // Who is refused for half a parameter brings it again for days. Only what the message is there for must be whole.
        if (reader.IsBroken && message.Text.IsEmpty && payload.Value.IsEmpty
            && !tlvs.Exists(tlv => tlv.Tag is SmppTlv.ReceiptedMessageId)) return null;
        return message with
        {
            Text = message.Text.IsEmpty ? payload.Value : message.Text,
            Tlvs = [.. tlvs.Where(tlv => tlv.Tag is not SmppTlv.MessagePayload)],
        };
    }

    private static void Write(SmppFieldWriter writer, SmppAddress address) =>
        writer.Octet(address.Ton).Octet(address.Npi).Text(address.Text, AddressOctets);

    private static SmppAddress ReadAddress(ref SmppFieldReader reader) => new(reader.Octet(), reader.Octet(), reader.Text(AddressOctets));
}

/// <summary>Bits of <see cref="SmppMessage.EsmClass"/> (SMPP 3.4, section 5.2.12).</summary>
public static class SmppEsm
{
    public const byte Header = 0x40, Kind = 0x3C, Receipt = 0x04, Notification = 0x20;
}

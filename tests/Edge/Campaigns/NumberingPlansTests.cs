using Ringwright.Admission.Numbering;
using Ringwright.Core;

namespace Ringwright.Edge.Campaigns;

public sealed class NumberingPlansTests
{
    internal static readonly NumberingPlans Plans = NumberingPlans.Load();
    internal static readonly EmergencyNumbers Emergencies = EmergencyNumbers.Load(Plans);

    [Fact]
    public void They_are_read_once() => Assert.Same(Plans, NumberingPlans.Load());

    [Theory]
    [InlineData("+12125550123", "1", "US", NumberType.FixedLine)]
    [InlineData("+14165550123", "1", "CA", NumberType.FixedLine)]
    [InlineData("+18765551234", "1", "JM", NumberType.Mobile)]
    [InlineData("+18005551234", "1", "US", NumberType.TollFree)]
    [InlineData("+19005551234", "1", "US", NumberType.Premium)]
    [InlineData("+12129761234", "1", "US", NumberType.Premium), InlineData("+19765551234", "1", "US", NumberType.Premium)]
    [InlineData("+18009761234", "1", "US", NumberType.TollFree)]
    [InlineData("+15005551234", "1", "US", NumberType.Personal), InlineData("+15335551234", "1", "US", NumberType.Personal)]
    [InlineData("+15550001234", "1", "US", NumberType.Unknown)]
    [InlineData("+17005551234", "1", "US", NumberType.CarrierService), InlineData("+17105551234", "1", "US", NumberType.Government)]
    [InlineData("+14115551234", "1", "US", NumberType.Service)]
    [InlineData("+493012345678", "49", "DE", NumberType.FixedLine)]
    [InlineData("+4915123456789", "49", "DE", NumberType.Mobile)]
    [InlineData("+499001123456", "49", "DE", NumberType.Premium)]
    [InlineData("+447400123456", "44", "GB", NumberType.Mobile)]
    [InlineData("+441481960194", "44", "GG", NumberType.FixedLine)]
    [InlineData("+390612345678", "39", "IT", NumberType.FixedLine)]
    [InlineData("+77710009998", "7", "KZ", NumberType.Mobile)]
    [InlineData("+35312345678", "353", "IE", NumberType.FixedLine)]
    [InlineData("+80012345678", "800", null, NumberType.TollFree)]
    [InlineData("+870712345678", "870", null, NumberType.Unknown)]
    [InlineData("+979123456789", "979", null, NumberType.Premium)]
    public void A_number_has_a_country_and_a_type(string text, string code, string? country, NumberType type)
    {
        var facts = Plans.Classify(Number(text));

        Assert.Equal(code, facts.CallingCode);
        Assert.Equal(country, facts.Country);
        Assert.Equal(type, facts.Type);
    }

    [Theory]
    [InlineData("+15550001234")]      // no such area code, yet a lab number
    [InlineData("+15550100000")]
    [InlineData("+491234567")]
    [InlineData("+442079460000")]
    [InlineData("+12125550123")]
    public void A_number_of_the_right_length_is_possible(string text) => Assert.True(Plans.Classify(Number(text)).IsPossible);

    [Theory]
    [InlineData("+1555000123")]
    [InlineData("+155500012345")]
    [InlineData("+15551234")]
    [InlineData("+44207946")]
    [InlineData("+99912345678")]      // no such calling code
    [InlineData("+99900000000")]
    [InlineData("+3531")]
    public void A_number_of_the_wrong_length_or_code_is_not(string text) => Assert.False(Plans.Classify(Number(text)).IsPossible);

    [Fact]
    public void Every_pattern_of_every_country_compiles()
    {
        foreach (string[] cells in NumberingPlans.Rows("numbering.tsv", 15))
            foreach (string length in cells[2].Split(','))
                if (E164.TryParse($"+{cells[1]}{new string('2', int.Parse(length, System.Globalization.CultureInfo.InvariantCulture))}",
                        out var number))
                    Assert.Equal(cells[1], Plans.Classify(number).CallingCode);
    }

    [Theory]
    [InlineData("911")]
    [InlineData("112")]
    [InlineData("999")]
    [InlineData("110")]
    [InlineData("000")]
    [InlineData("9-1-1")]
    [InlineData("10111")]
    [InlineData("+911")]
    [InlineData("+112")]
    [InlineData("+1911")]
    [InlineData("+1 911")]
    [InlineData("+1112")]
    [InlineData("+19115551234")]
    [InlineData("+44999")]
    [InlineData("+49110")]
    [InlineData("+49112")]
    [InlineData("0049112")]
    [InlineData("011911")]
    [InlineData("+61000")]
    [InlineData("+8190000", false)]
    [InlineData("+81119")]
    [InlineData("tel:911")]
    [InlineData("tel:+1-911;phone-context=example.com")]
    [InlineData("sip:911@trunk.example.com")]
    [InlineData("sip:112@192.0.2.1:5060;transport=udp")]
    [InlineData("SIP:+1911@trunk.example.com")]
    [InlineData("sips:911;phone-context=+1@trunk.example.com")]
    [InlineData("sip:9%311@trunk.example.com")]
    [InlineData("sip:999:secret@trunk.example.com")]
    [InlineData("urn:service:sos.fire")]
    [InlineData("+49110123456", false)]
    [InlineData("+911123456789", false)]
    [InlineData("+12125559110", false)]
    [InlineData("+15550001234", false)]
    [InlineData("sip:101@pbx.example.com", false)]
    [InlineData("sip:1911@pbx.example.com", false)]
    [InlineData("sip:alice@911.example.com", false)]
    [InlineData("", false)]
    public void Emergency_numbers_are_told_however_they_are_written(string destination, bool expected = true) =>
        Assert.Equal(expected, Emergencies.Includes(destination));

    private static E164 Number(string text)
    {
        Assert.True(E164.TryParse(text, out var number));
        return number;
    }
}

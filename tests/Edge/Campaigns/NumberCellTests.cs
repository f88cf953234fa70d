using Ringwright.Campaigns.Lists;

namespace Ringwright.Edge.Campaigns;

/// <summary>Cells of lists: what is read is the number that stands there, and what would have to be guessed is none.</summary>
public sealed class NumberCellTests
{
    private static NationalNumbers Home(string country) =>
        NationalNumbers.TryOf(NumberingPlansTests.Plans, country, out var home) ? home : throw new InvalidOperationException(country);

    private static void Reads(string? number, NumberFault fault, string cell, NationalNumbers? home)
    {
        Assert.Equal((fault, number ?? ""), (NumberCell.Read(cell, home, out string read), read));
    }

    [Theory]
    [InlineData("+12125550100"), InlineData(" +1 212 555-0100 "), InlineData("+1 (212) 555.0100"), InlineData("+1.212.555.0100")]
    [InlineData("'+12125550100")]                            // a spreadsheet's mark of a text
    [InlineData("\u202A+12125550100\u202C"), InlineData("\uFEFF+1\u00AD2125550100\u200E")]
    [InlineData("+1\u00A0212\u2011555\u20130100")]
    [InlineData("tel:+1-212-555-0100"), InlineData("p:+12125550100"), InlineData("'P: +12125550100")]
    [InlineData("+1212555０100"), InlineData("＋１（２１２）５５５－０１００"), InlineData("\u3000+1 212 555 0100")]
    [InlineData("+\u0661\u0662\u0661\u0662\u0665\u0665\u0665\u0660\u0661\u0660\u0660")]                          // Arabic
    [InlineData("+\u06F1 \u06F2\u06F1\u06F2 \u06F5\u06F5\u06F5 \u06F0\u06F1\u06F0\u06F0")]                       // Persian
    public void What_stands_around_the_digits_is_no_part_of_the_number(string cell) =>
        Reads("+12125550100", NumberFault.None, cell, home: null);

    [Theory]
    [InlineData("12125550100.0", NumberFault.Fraction), InlineData("+12125550100.0", NumberFault.Fraction),
        InlineData("12125550100,00", NumberFault.Fraction)]
    [InlineData("1.21256E+10", NumberFault.Exponent), InlineData("4.9E+11", NumberFault.Exponent),
        InlineData("1,2e10", NumberFault.Exponent)]
    [InlineData("+49 (0)30 123456", NumberFault.BracketedZero), InlineData("+49 (030) 123456", NumberFault.BracketedZero),
        InlineData("+39 (0)6 12345678", NumberFault.BracketedZero)]
    [InlineData("+49 030 123456", NumberFault.TrunkZero), InlineData("+4407400123456", NumberFault.TrunkZero),
        InlineData("tel:+33-06-12-34-56-78", NumberFault.TrunkZero)]
    [InlineData("=1+1", NumberFault.Formula), InlineData("-12125550100", NumberFault.Formula), InlineData("@SUM(A1)", NumberFault.Formula)]
    [InlineData("12125550100", NumberFault.NotANumber), InlineData("0049301234567", NumberFault.NotANumber),
        InlineData("", NumberFault.NotANumber), InlineData("hello", NumberFault.NotANumber), InlineData("+", NumberFault.NotANumber)]
    [InlineData("+12125550100/2", NumberFault.NotANumber), InlineData("+12125550100 +12125550101", NumberFault.NotANumber),
        InlineData("+12125550100 x5", NumberFault.NotANumber), InlineData("+1212555010012345", NumberFault.NotANumber)]
    [InlineData("p:12125550100", NumberFault.NotANumber), InlineData("tel:+12125550100;ext=5", NumberFault.NotANumber)]
    [InlineData("+0123456789", NumberFault.NotANumber), InlineData("＝1+1", NumberFault.Formula)]
    public void What_would_have_to_be_guessed_is_told_and_not_changed(string cell, NumberFault fault)
    {
        Reads(null, fault, cell, home: null);
        Assert.NotEmpty(NumberCell.Sentence(fault));
    }

    /// <summary>As CRMs have it; the file of a registry or a dialler has the number alone.</summary>
    [Theory]
    [InlineData("+1 212-555-0100 ext. 12"), InlineData("+12125550100x12"), InlineData("+12125550100, Ext 12")]
    [InlineData("+12125550100 #12"), InlineData("tel:+1-212-555-0100;ext=12"), InlineData("+1 (212) 555-0100 Extension: 1234 ")]
    [InlineData("+12125550100"), InlineData("＋１ ２１２ ５５５ ０１００ ｘ１２"), InlineData("\u202A+12125550100\u202C x12\u200E")]
    public void Whoever_must_not_be_called_at_an_extension_must_not_be_called_at_its_number(string cell) =>
        Reads("+12125550100", NumberFault.None, NumberCell.WithoutExtension(cell), home: null);

    [Theory]
    [InlineData(null, "+12125550100", "+12125550100"), InlineData(null, "+1 212-555-0100 ext. 12", "+12125550100")]
    [InlineData(null, "0049 30 123456", "+4930123456"), InlineData(null, "0049 30 123456 x12", "+4930123456")]
    [InlineData("DE", "030 123456 #12", "+4930123456"), InlineData("US", "0049 30 1234567", "+49301234567")]
    [InlineData(null, "００４９ ３０ １２３４５６", "+4930123456"), InlineData("US", "００４９ ３０ １２３４５６７ ＃１２", "+49301234567")]
    [InlineData(null, "'0049 30 123456", "+4930123456"), InlineData(null, "tel:(0049) 30 123456", "+4930123456")]
    [InlineData(null, "030 123456", ""), InlineData(null, "x12", ""), InlineData(null, "+49 030 123456 x12", "")]
    public void Of_a_cell_that_nobody_is_to_call_the_number_counts_where_nobody_would_dial_it(string? country, string cell, string number)
    {
        bool isOne = NumberCell.TryRefused(cell, country is null ? null : Home(country), out string read);
        Assert.Equal((number.Length > 0, number), (isOne, read));
    }

    [Fact]
    public void A_cell_without_an_end_is_no_number() => Reads(null, NumberFault.NotANumber, "+" + new string('1', 100_000), home: null);

    [Theory]
    [InlineData("DE", "030 123456", "+4930123456"), InlineData("DE", "(030) 123456", "+4930123456")]
    [InlineData("DE", "0049 30 123456", "+4930123456"), InlineData("DE", "+1 212 555 0100", "+12125550100")]
    [InlineData("DE", "0015550100000", "+15550100000")]      // no such area code, yet a lab number
    [InlineData("DE", "+390612345678", "+390612345678"), InlineData("DE", "+4900000", "+4900000")]
    [InlineData("US", "(212) 555-0100", "+12125550100"), InlineData("US", "1-212-555-0100", "+12125550100")]
    [InlineData("US", "5550100000", "+15550100000"), InlineData("US", "011 49 30 1234567", "+49301234567")]
    [InlineData("us", "2125550100", "+12125550100"), InlineData("GB", "07400 123456", "+447400123456")]
    [InlineData("IT", "06 1234 5678", "+390612345678"), InlineData("IT", "+39 (06) 12345678", "+390612345678")]
    [InlineData("RU", "8 916 123-45-67", "+79161234567"), InlineData("RU", "916 123-45-67", "+79161234567")]
    [InlineData("HU", "06 30 123 4567", "+36301234567"), InlineData("ES", "912 345 678", "+34912345678")]
    public void A_number_of_the_country_that_is_assumed_gets_its_code(string country, string cell, string number) =>
        Reads(number, NumberFault.None, cell, Home(country));

    [Theory]
    [InlineData("US", "555-0100"), InlineData("US", "00493012345"), InlineData("US", "212555010"), InlineData("DE", "1")]
    [InlineData("ES", "0912345678"), InlineData("GB", "0000000000"), InlineData("AU", "004930123456")]
    [InlineData("AT", "0049 030 123456")]
    public void What_fits_no_plan_is_none(string country, string cell) => Reads(null, NumberFault.NotOfCountry, cell, Home(country));

    [Theory]
    [InlineData("GB", "07400 123456", "+447400123456"), InlineData("uk", "07400 123456", "+447400123456")]
    [InlineData(" United Kingdom ", "07400 123456", "+447400123456")]
    [InlineData("", "030 123456", "+4930123456"), InlineData(null, "030 123456", "+4930123456")]
    public void A_number_is_read_in_the_country_that_its_row_says(string? said, string cell, string number) =>
        Reads(number, NumberFault.None, cell, new RowCountries(Home("DE")).Of(said));

    /// <summary>As dialers export their leads: a column for the code, and one for what is dialled behind it.</summary>
    [Theory]
    [InlineData("44", "7400123456", "+447400123456"), InlineData("+44", "07400 123456", "+447400123456")]
    [InlineData("0044", "447400123456", "+447400123456"), InlineData("44", "+12125550100", "+12125550100")]
    [InlineData("1", "(212) 555-0100", "+12125550100"), InlineData("1", "12125550100", "+12125550100")]
    public void A_number_is_read_behind_the_calling_code_that_its_row_says(string said, string cell, string number) =>
        Reads(number, NumberFault.None, cell, new RowCountries(Home("DE")).Of(said));

    [Theory, InlineData("999"), InlineData("44.0"), InlineData("0"), InlineData("1234567890123456789")]
    public void A_calling_code_that_nobody_has_is_told(string said)
    {
        var home = new RowCountries(Home("DE")).Of(said);
        Reads(null, NumberFault.NotANumber, "030 123456", home);
        Assert.Contains("the country of its row", RowCountries.Sentence(NumberFault.NotANumber, home, said), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 2", "phone_number", "phone_code", "country"), InlineData("2 1", "phone", "country", "Dial Code")]
    [InlineData("1", "phone", "Country/Region"), InlineData("1", "phone", "Country Code"), InlineData("", "phone", "name")]
    [InlineData("2 1", "phone", "CountryCode", "phoneCode")]
    public void A_column_of_the_number_says_its_country_before_any_other(string places, params string[] names) =>
        Assert.Equal(places, string.Join(' ', ColumnNames.CountriesIn(names)));

    [Fact]
    public void A_country_of_a_row_that_nobody_knows_is_told_and_none_is_taken_for_it()
    {
        var home = new RowCountries(Home("DE")).Of("Narnia");
        Reads(null, NumberFault.NotANumber, "030 123456", home);
        Assert.Contains("the country of its row", RowCountries.Sentence(NumberFault.NotANumber, home, "Narnia"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_country_is_one_of_the_plans()
    {
        Assert.False(NationalNumbers.TryOf(NumberingPlansTests.Plans, "Germany", out _));
        Assert.False(NationalNumbers.TryOf(NumberingPlansTests.Plans, "001", out _));
        Assert.Equal("DE", Home("de").Country);
    }

    [Fact]
    public void A_line_of_names_has_no_number()
    {
        Assert.True(NumberCell.IsIn(["Anna", "+1 212 555-0100"]));
        Assert.True(NumberCell.IsIn(["'12125550100"]));
        Assert.True(NumberCell.IsIn(["=\"12125550100\""]));
        Assert.False(NumberCell.IsIn(["phone", "2024", "line 1"]));
    }
}

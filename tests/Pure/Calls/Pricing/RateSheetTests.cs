using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Pure.Calls.Pricing;

public sealed class RateSheetTests
{
    private static readonly DateTimeOffset Today = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_a_head_line_the_columns_have_their_order()
    {
        var sheet = Read("# prices\n\n+49,0.02,30,6\n1,0.0000001,60,60\n");
        Assert.Empty(sheet.Faults);
        var (direction, rate) = sheet.Rates[0];
        Assert.Equal((Direction.Outbound, "+49", 20_000, 30, 6, 0, "USD", Today), (direction, rate.Prefix, rate.MicrosPerMinute,
            rate.InitialSeconds, rate.IncrementSeconds, rate.FeeMicros, rate.Currency, rate.EffectiveFrom));
        Assert.Equal(("+1", 1), (sheet.Rates[1].Rate.Prefix, sheet.Rates[1].Rate.MicrosPerMinute));     // rounded up
    }

    [Fact]
    public void Calls_to_numbers_of_the_node_have_a_line_of_their_own()
    {
        var sheet = Read("on-net,0.001,60,60\n+1,1,60,60");
        Assert.Empty(sheet.Faults);
        Tenant tenant = new() { Id = new(new Guid(1, 0, 0, new byte[8])), Name = "t" };
        var book = new RateBook([new(Guid.Empty, "deck", sheet.Rates)], Guid.Empty, [], [tenant]);
        Assert.Equal(1_000, book.FindOnNet(tenant.Id, Today)!.MicrosPerMinute);
        Assert.Null(book.Find(tenant.Id, Direction.Outbound, "on-net", Today));
        LegFacts leg = new()
        {
            Id = default, Uuid = default, Session = default, Tenant = tenant.Id,
            Connection = default, Direction = Direction.Outbound, From = "+15550001", To = "+15550002", StartedAt = default
        };
        Assert.Null(book.ChargeOf(leg, Today, 61));
        Assert.Equal(2_000, book.ChargeOf(leg with { IsOnNet = true }, Today, 61)!.Micros);
        Assert.Equal(2_000_000, book.ChargeOf(leg with { Trunk = new(Guid.NewGuid()) }, Today, 61)!.Micros);
        Assert.Contains("outbound", Assert.Single(Read("prefix,price,initial,increment,direction\non-net,1,1,1,inbound").Faults).Detail,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_for_texts_says_so_before_its_prefix()
    {
        var sheet = Read("sms:49,0.08,1,1\nsms:on-net,0.001,1,1\n+49,0.02,60,60\n");
        Assert.Empty(sheet.Faults);
        Assert.Equal([("sms:+49", 80_000), ("sms:on-net", 1_000), ("+49", 20_000)],
            sheet.Rates.Select(r => (r.Rate.Prefix, r.Rate.MicrosPerMinute)));
        Assert.Contains("outbound", Assert.Single(Read("prefix,price,initial,increment,direction\nsms:on-net,1,1,1,inbound").Faults).Detail,
            StringComparison.Ordinal);
        Assert.Contains("sms:", Assert.Single(Read("sms:x,1,1,1").Faults).Detail, StringComparison.Ordinal);
        Assert.Equal(["sms:code:246", "sms:code:"], Read("sms:code:246,0.05,1,1\nsms:code:,0.03,1,1\n").Rates.Select(r => r.Rate.Prefix));
        Assert.Contains("sms:code:", Assert.Single(Read("sms:code:+49,1,1,1").Faults).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_line_names_the_columns_in_any_order()
    {
        var sheet = Read(""""
            Description,Effective From,Prefix,Currency,Direction,Connection Fee,Price,Increment,Initial
            "Germany, mobile",2026-04-01,+4917,EUR,outbound,0.01,0.1,1,60
            "own ""numbers""",,+4930,,inbound,,0.005,60,60

            """");
        Assert.Empty(sheet.Faults);
        Assert.Equal(new Rate
        {
            Prefix = "+4917", Currency = "EUR", FeeMicros = 10_000, MicrosPerMinute = 100_000, InitialSeconds = 60, IncrementSeconds = 1,
            EffectiveFrom = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero)
        }, sheet.Rates[0].Rate);
        Assert.Equal((Direction.Inbound, "USD", Today),
            (sheet.Rates[1].Direction, sheet.Rates[1].Rate.Currency, sheet.Rates[1].Rate.EffectiveFrom));
    }

    [Theory]
    [InlineData("4x,0.02,1,1", "prefix"), InlineData(",0.02,1,1", "prefix"), InlineData("+49,0.02,1", "3 cells"),
        InlineData("+49,free,1,1", "price"), InlineData("+49,-1,1,1", "price"), InlineData("+49,1001,1,1", "price"),
        InlineData("+49,0.02,0,1", "initial"), InlineData("+49,0.02,1,3601", "increment"), InlineData("+49,0.02,1,1,1", "5 cells"),
        InlineData("+49;0.02;1;1", "by commas here, not by ';'"), InlineData("+49\t0.02\t1\t1", "not by tabs"),
        InlineData("+49|0.02|1|1", "by commas here, not by '|'"),
        InlineData("0049,0.02,1,1", "no 00"), InlineData("+0049,0.02,1,1", "prefix"), InlineData("0,0.02,1,1", "prefix"),
        InlineData("011 44,0.02,1,1", "prefix"), InlineData("4.41E+11,0.02,1,1", "prefix"), InlineData("'+44,0.02,1,1", "prefix"),
        InlineData("+49,\"0,006\",1,1", "price"), InlineData("+49,$0.02,1,1", "price"), InlineData("+49,1e-3,1,1", "price"),
        InlineData("+1234567890123456,1,1,1", "prefix"), InlineData("+1,2,1,1", "already")]
    public void A_line_that_is_no_price_is_named(string line, string what)
    {
        var fault = Assert.Single(Read("+1,1,1,1\n\n" + line + "\n+2,1,1,1").Faults);
        Assert.Equal(3, fault.Line);
        Assert.Contains(what, fault.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prefix,price,initial\n+1,1,1", "increment"), InlineData("price,initial,increment\n1,1,1", "prefix"),
        InlineData("prefix;price;initial;increment\n+1;1;1;1", "prefix")]
    public void A_head_line_that_lacks_a_column_is_told(string text, string column) =>
        Assert.Contains($"no column {column}", Assert.Single(Read(text).Faults).Detail, StringComparison.Ordinal);

    [Fact]
    public void A_column_that_is_there_twice_is_told() =>
        Assert.Contains("price is there twice", Assert.Single(Read("prefix,price,Rate,initial,increment\n+1,1,2,1,1").Faults).Detail,
            StringComparison.Ordinal);

    [Theory, InlineData("+44 ,0.02,1,1"), InlineData("44\u00A0,0.02,1,1"), InlineData("\uFEFF+44,0.02,1,1"), InlineData("+44,0,1,1\r"),
        InlineData("# a list\r+44,0.02,1,1\r\r")]
    public void What_spreadsheets_leave_around_cells_and_lines_is_passed_over(string text)
    {
        var sheet = Read(text);
        Assert.Empty(sheet.Faults);
        Assert.Equal("+44", Assert.Single(sheet.Rates).Rate.Prefix);
    }

    [Theory]
    [InlineData("currency", "usd"), InlineData("direction", "both"), InlineData("effective_from", "tomorrow"), InlineData("fee", "-1"),
        InlineData("effective_from", "01.02.2026")]
    public void A_cell_of_an_optional_column_is_checked(string column, string cell) =>
        Assert.Contains($"'{cell}'", Assert.Single(Read($"prefix,price,initial,increment,{column}\n+1,1,1,1,{cell}").Faults).Detail,
            StringComparison.Ordinal);

    [Fact]
    public void The_same_prefix_may_have_a_price_for_each_date_and_direction()
    {
        var sheet = Read("prefix,price,initial,increment,direction,effective_from\n+1,1,1,1,,\n+1,2,1,1,,2026-05-01\n+1,3,1,1,inbound,\n"
            + "+1,3,1,1,inbound,2026-03-01");
        Assert.Equal((3, 5), (sheet.Rates.Count, Assert.Single(sheet.Faults).Line));
    }

    [Fact]
    public void Nothing_is_no_price_and_no_fault() => Assert.Equal((0, 0), (Read("").Rates.Count, Read("").Faults.Count));

    private static RateSheet Read(string text) => RateSheet.Read(new StringReader(text), new() { EffectiveFrom = Today });
}

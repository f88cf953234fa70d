using System.Net;
using Ringwright.Edge.Faults;
using Ringwright.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

public sealed class RefusedRegistersTests
{
    private const int Line = 2126;
    private static readonly IPAddress Home = IPAddress.Parse("192.0.2.1"), Office = IPAddress.Parse("192.0.2.2");

    private readonly Lines _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly RefusedRegisters _refused;

    public RefusedRegistersTests() => _refused = new(_log, _clock);

    private string[] Told => [.. _log.Of(Line)];

    [Fact]
    public void A_user_who_guesses_at_an_address_has_a_line_a_minute_that_counts_the_others()
    {
        for (int i = 0; i < 50; i++) _refused.Note("alice", Home, "wrong_password");
        _clock.Advance(TimeSpan.FromSeconds(61));
        _refused.Note("alice", Home, "wrong_password");
        Assert.Equal(
        [
            "REGISTER of 'alice' from 192.0.2.1 was refused: wrong_password; 1 such from there since the last such line",
            "REGISTER of 'alice' from 192.0.2.1 was refused: wrong_password; 50 such from there since the last such line",
        ], Told);
    }

    [Fact]
    public void Another_user_address_or_reason_has_a_line_of_its_own()
    {
        _refused.Note("alice", Home, "wrong_password");
        _refused.Note("bob", Home, "wrong_password");
        _refused.Note("alice", Office, "wrong_password");
        _refused.Note("alice", Home, "expired_user");
        Assert.Equal(4, Told.Length);
    }

    [Fact]
    public void Who_is_shut_out_has_one_line_whatever_names_he_tries()
    {
        for (int i = 0; i < 50; i++) _refused.Note($"user{i}", Home, "shut_out");
        Assert.Single(Told);
    }

    [Fact]
    public void Whoever_wants_another_domain_is_only_counted()
    {
        _refused.Note("@elsewhere.example", Home, "foreign_domain");
        Assert.Empty(Told);
        // But whoever wonders why his phone is not registered finds it.
        Assert.Equal(("@elsewhere.example", "foreign_domain"), _refused.List().Select(row => (row.User, row.Reason)).Single());
    }

    [Fact]
    public void A_flood_of_names_writes_so_many_lines_a_minute_and_no_more()
    {
        for (int minute = 0; minute < 2; minute++)
        {
            for (int i = 0; i < 5_000; i++) _refused.Note($"user{i}", Home, "unknown_user");
            _clock.Advance(TimeSpan.FromSeconds(61));
        }
        Assert.Equal(2 * 120, Told.Length);
    }

    [Fact]
    public void What_an_address_tries_for_one_user_is_one_row_that_counts_and_moves_to_the_front()
    {
        _refused.Note("alice", Home, "wrong_password");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _refused.Note("bob", Home, "unknown_user");
        _clock.Advance(TimeSpan.FromSeconds(1));
        _refused.Note("alice", Home.MapToIPv6(), "wrong_password");
        Assert.Equal([("alice", "wrong_password", 2L), ("bob", "unknown_user", 1L)],
            _refused.List().Select(row => (row.User, row.Reason, row.Times)));
        Assert.All(_refused.List(), row => Assert.Equal(Home, row.Source));
        Assert.Equal(_clock.GetUtcNow(), _refused.List()[0].At);
    }

    [Fact]
    public void An_address_has_twenty_rows_and_the_oldest_address_makes_room()
    {
        for (int i = 0; i < 50; i++) _refused.Note($"user{i}", Home, "unknown_user");
        Assert.Equal(RefusedRegisters.MostOfSource, _refused.List().Count);
        Assert.Contains(_refused.List(), row => row.User == "user49");
        for (int i = 0; i < RefusedRegisters.MostSources; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _refused.Note("alice", IPAddress.Parse($"198.51.100.{i}"), "unknown_user");
        }
        Assert.Equal(RefusedRegisters.MostSources, _refused.List().Count);
        Assert.DoesNotContain(_refused.List(), row => row.Source.Equals(Home));
    }

    [Fact]
    public void A_flood_from_addresses_that_are_made_up_takes_few_places()
    {
        _refused.Note("alice", Home, "wrong_password");
        for (int i = 0; i < 10_000; i++) _refused.Note("x", new IPAddress([10, 0, (byte)(i >> 8), (byte)i]), "unknown_user");
        Assert.Equal(RefusedRegisters.MostNewSources, _refused.List().Count);
        Assert.Contains(_refused.List(), row => row.Source.Equals(Home));
    }

    [Fact]
    public void A_name_cannot_write_over_the_log()
    {
        _refused.Note("eve\u001b[2J\u0085\n", Home, "unknown_user");
        Assert.StartsWith("REGISTER of 'eve?[2J??' from", Assert.Single(Told));
    }

    [Fact]
    public void A_name_without_end_is_cut()
    {
        _refused.Note(new('x', 100_000), Home, "unknown_user");
        Assert.InRange(Assert.Single(Told).Length, 1, 1_000);
    }
}

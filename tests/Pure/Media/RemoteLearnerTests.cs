// Longer than others: one party, one learner, and all that may befall it; a case is read against its neighbours.
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Rtp;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Who is heard: a far end, strangers around it, and a clock.</summary>
public sealed class RemoteLearnerTests
{
    private const uint Theirs = 0x5EED, Foreign = 0xBAD;
    private static readonly MediaAddress Signalled = At(0xC633_6401, 4000), Moved = At(0xC633_6402, 4002), Host = At(0xCB00_7107, 5555),
        HostOther = At(0xCB00_7107, 6666),
        Stranger = At(0x0808_0808, 6000), Behind = At(0x0A00_0005, 4000), BehindToo = At(0x0A00_0005, 4010);

    private readonly RemoteLearner _learner = new();
    private readonly Dictionary<uint, ushort> _sequences = [];
    private Instant _now = new(5_000_000_000);

    private static SourceTerms Public =>
        new() { Signalled = Signalled, Signalling = Host, IsUsable = true, MayAdjust = true, IsExpected = true };
    private static SourceTerms BehindNat => Public with { Signalled = Behind, IsUsable = false, IsPrivate = true };

    [Fact]
    public void The_signalled_address_counts_with_its_first_packet()
    {
        Expect(Public);
        Assert.Equal((Signalled, true), (_learner.Remote, _learner.MaySend));
        Assert.NotEqual(SourceVerdict.Foreign, Hear(Signalled));
    }

    [Fact]
    public void A_thousand_packets_of_a_stranger_take_no_call_whose_signalled_source_sends()
    {
        Expect(Public);
        for (int i = 0; i < 1000; i++)
        {
            Hear(Signalled);
            Assert.Equal(SourceVerdict.Foreign, Hear(Stranger, Foreign));
            Pass(20);
        }
        Assert.Equal(Signalled, _learner.Remote);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_stranger_takes_no_pause_of_an_address_that_is_usable_with_permission_or_without(bool isHeard)
    {
        foreach (bool mayAdjust in (bool[])[true, false])
        {
            Expect(Public with { MayAdjust = mayAdjust });
            if (isHeard) Hear(Signalled);
            Spray(Stranger, milliseconds: 60_000);
            Assert.Equal((Signalled, true), (_learner.Remote, _learner.MaySend));
        }
        Assert.NotEqual(SourceVerdict.Foreign, Hear(Signalled));
    }

    [Fact]
    public void Where_the_signalled_address_is_not_usable_a_stranger_is_taken_after_a_second_if_he_may_be()
    {
        Expect(BehindNat with { MayAdjust = false });
        Spray(Stranger, milliseconds: 10_000);
        Assert.False(_learner.MaySend);
        _learner.Reset();
        Expect(BehindNat);
        Spray(Stranger, milliseconds: 980);
        Assert.False(_learner.MaySend);
        Spray(Stranger, milliseconds: 60);
        Assert.Equal((Stranger, true), (_learner.Remote, _learner.IsElsewhere));
        // Another one has as good a right, as soon as this one pauses.
        Spray(Moved, milliseconds: 980, Foreign + 1);
        Assert.Equal(Stranger, _learner.Remote);
        Spray(Moved, milliseconds: 60, Foreign + 1);
        Assert.Equal(Moved, _learner.Remote);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_phone_behind_NAT_that_pauses_is_replaced_by_nobody_but_its_host_and_its_stream(bool isAtHost)
    {
        Expect(BehindNat);
        Hear(isAtHost ? Host : Behind);
        Spray(Stranger, milliseconds: 30_000);
        Assert.Equal(isAtHost ? Host : Behind, _learner.Remote);
        // Its NAT has several addresses and moves it to another one: that is no way in for strangers either.
        Assert.Equal(SourceVerdict.Learnt, Hear(Moved));
        Spray(Stranger, milliseconds: 30_000);
        Assert.Equal(Moved, _learner.Remote);
        Assert.Equal(SourceVerdict.Learnt, Hear(HostOther, Foreign));
    }

    [Fact]
    public void A_phone_behind_NAT_that_begins_with_comfort_noise_keeps_strangers_away()
    {
        Expect(BehindNat);
        for (int i = 0; i < 10; i++)
        {
            Assert.False(_learner.Note(Host, Theirs, (ushort)i, _now));
            Spray(Stranger, milliseconds: 900);
        }
        Assert.False(_learner.MaySend);
        Assert.Equal(SourceVerdict.Learnt, Hear(Host));
    }

    [Fact]
    public void A_stranger_who_was_taken_is_left_when_the_signalled_address_becomes_usable()
    {
        Expect(BehindNat);
        Spray(Stranger, milliseconds: 1_200);
        Assert.Equal(Stranger, _learner.Remote);
        Expect(BehindNat with { IsUsable = true });
        Assert.Equal((Behind, true), (_learner.Remote, _learner.MaySend));
        Spray(Stranger, milliseconds: 10_000);
        Assert.Equal(Behind, _learner.Remote);
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Nothing_more_goes_to_an_address_that_became_our_own_until_the_far_end_shows_another(bool isLearnt)
    {
        Expect(Public);
        Hear(Signalled);
        if (isLearnt)
        {
            Pass(1_100);
            Assert.Equal(SourceVerdict.Learnt, Hear(Stranger));     // the same stream: its NAT has moved it
        }
        var taken = _learner.Remote;
        _learner.Leave(address => address == Moved);
        Assert.True(_learner.MaySend);
        _learner.Leave(address => address == taken);
        Assert.False(_learner.MaySend);
        Expect(Public with { Signalled = Moved });
        Assert.Equal((Moved, true), (_learner.Remote, _learner.MaySend));
    }

    [Fact]
    public void A_time_in_which_we_stood_still_is_nobodys_silence()
    {
        Expect(Public);
        Hear(Signalled);
        Pass(10_000);
        _learner.Excuse(_now);
        // What has waited, a thief's first and the phone's with the times at which they came.
        Pass(-5_000);
        Assert.Equal(SourceVerdict.Foreign, Hear(Host, Foreign));
        for (int i = 0; i < 10; i++) Assert.Equal(SourceVerdict.Foreign, Hear(Stranger, Foreign));
        Assert.Equal(SourceVerdict.Accepted, Hear(Signalled));
        // And what comes from now on.
        Pass(5_010);
        Assert.Equal(SourceVerdict.Foreign, Hear(Host, Foreign));
        Assert.Equal(SourceVerdict.Foreign, Hear(HostOther, Theirs));
        Pass(980);
        Assert.Equal(SourceVerdict.Foreign, Hear(Host, Foreign));
        Pass(20);
        Assert.Equal(SourceVerdict.Learnt, Hear(Host, Foreign));      // the phone is silent indeed
    }

    [Theory, InlineData(true), InlineData(false)]
    public void The_signalled_source_takes_its_place_back_with_one_packet(bool isUsable)
    {
        var (terms, other) = isUsable ? (Public, Host) : (BehindNat, Stranger);
        Expect(terms);
        Spray(other, milliseconds: 1_200);
        Assert.Equal(other, _learner.Remote);
        Assert.Equal(SourceVerdict.Learnt, Hear(terms.Signalled));
        Assert.Equal(SourceVerdict.Foreign, Hear(other, Foreign));
        Assert.Equal(terms.Signalled, _learner.Remote);
    }

    [Fact]
    public void A_hold_is_no_silence_and_teaches_nothing()
    {
        Expect(Public);
        Hear(Signalled);
        Expect(Public with { IsExpected = false });
        Spray(Host, milliseconds: 60_000);
        Expect(Public);
        Spray(Host, milliseconds: 900);
        Assert.Equal(Signalled, _learner.Remote);
        Assert.NotEqual(SourceVerdict.Foreign, Hear(Signalled));
    }

    [Fact]
    public void Comfort_noise_is_no_silence()
    {
        Expect(Public);
        Hear(Signalled);
        for (int i = 0; i < 10; i++)
        {
            Spray(Host, milliseconds: 500);
            Assert.True(_learner.Note(Signalled, Theirs, _sequences[Theirs]++, _now));
        }
        Assert.Equal(Signalled, _learner.Remote);
    }

    [Fact]
    public void Packets_of_two_strangers_in_turn_teach_nothing()
    {
        Expect(BehindNat);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(SourceVerdict.Foreign, Hear(Stranger, Foreign));
            Assert.Equal(SourceVerdict.Foreign, Hear(Stranger, Foreign + 1));
            Pass(20);
        }
    }

    [Fact]
    public void Of_two_others_the_signalling_host_comes_first()
    {
        Expect(Public);
        for (int i = 0; i < 49; i++)
        {
            Hear(Stranger, Foreign);
            Hear(Host);
            Pass(20);
        }
        Pass(20);
        Assert.Equal(SourceVerdict.Foreign, Hear(Stranger, Foreign));
        Assert.Equal(SourceVerdict.Learnt, Hear(Host));
        Spray(Stranger, milliseconds: 500);
        Assert.Equal(Host, _learner.Remote);
    }

    [Fact]
    public void A_stream_that_a_NAT_moved_does_not_give_way_to_the_signalling_host_while_it_sends()
    {
        Expect(Public);
        Hear(Signalled);
        Pass(1_100);
        Assert.Equal(SourceVerdict.Learnt, Hear(Stranger));
        for (int i = 0; i < 100; i++, Pass(20))
        {
            Assert.Equal(SourceVerdict.Foreign, Hear(Host, Foreign));
            Assert.Equal(SourceVerdict.Accepted, Hear(Stranger));
        }
        Spray(Host, milliseconds: 1_100);
        Assert.Equal(Host, _learner.Remote);
    }

    [Fact]
    public void The_signalling_host_needs_permission_too_where_the_signalled_address_is_usable()
    {
        Expect(Public with { MayAdjust = false });
        for (int i = 0; i < 500; i++, Pass(20)) Assert.Equal(SourceVerdict.Foreign, Hear(Host));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_phone_behind_NAT_is_heard_and_sent_to_with_its_first_packet(bool mayAdjust)
    {
        Expect(BehindNat with { MayAdjust = mayAdjust });
        Assert.False(_learner.MaySend);
        Assert.Equal(SourceVerdict.Learnt, Hear(Host));
        Assert.Equal((Host, true), (_learner.Remote, _learner.MaySend));
    }

    [Fact]
    public void A_stranger_waits_for_a_phone_behind_NAT_and_gives_way_to_it()
    {
        Expect(BehindNat);
        Spray(Stranger, milliseconds: 980);
        Assert.False(_learner.MaySend);
        Spray(Stranger, milliseconds: 60);
        Assert.Equal(Stranger, _learner.Remote);
        Hear(Host);
        Assert.Equal(Host, _learner.Remote);

        Expect(BehindNat with { Signalled = BehindToo, MayAdjust = false });
        Assert.Equal(Host, _learner.Remote);
    }

    [Fact]
    public void Another_phone_behind_the_same_NAT_does_not_take_a_stream_that_goes_on()
    {
        Expect(BehindNat);
        for (int i = 0; i < 100; i++, Pass(20))
        {
            Hear(Host);
            Assert.Equal(SourceVerdict.Foreign, Hear(HostOther, Foreign));
        }
        Spray(HostOther, milliseconds: 1_100);
        Assert.Equal(HostOther, _learner.Remote);
    }

    [Fact]
    public void What_a_phone_behind_NAT_taught_stays_while_it_repeats_or_hops_its_private_address()
    {
        Expect(BehindNat);
        Hear(Host);
        foreach (var next in (SourceTerms[])[BehindNat, BehindNat with { Signalled = BehindToo },
            BehindNat with { Signalled = At(0, 4000), IsExpected = false },
            BehindNat with { IsInactive = true, IsExpected = false }, BehindNat])
        {
            Expect(next);
            Assert.Equal((Host, true), (_learner.Remote, _learner.MaySend));
            Assert.Equal(SourceVerdict.Accepted, Hear(Host));
        }
    }

    [Fact]
    public void The_unspecified_address_and_inactive_move_nothing()
    {
        Expect(Public);
        Hear(Signalled);
        Expect(Public with { Signalled = At(0, 9), IsUsable = false, IsExpected = false });
        Expect(Public with { Signalled = Moved, IsInactive = true, IsExpected = false });
        Assert.Equal(Signalled, _learner.Remote);
        Assert.Equal(SourceVerdict.Accepted, Hear(Signalled));
    }

    [Fact]
    public void A_description_that_moves_media_bars_the_old_address_and_the_old_stream_for_two_seconds()
    {
        Expect(Public);
        Hear(Signalled);
        Expect(Public with { Signalled = Moved });
        Assert.Equal((Moved, true), (_learner.Remote, _learner.MaySend));
        for (int i = 0; i < 98; i++, Pass(20))
        {
            Assert.Equal(SourceVerdict.Foreign, Hear(Signalled));
            Assert.Equal(SourceVerdict.Foreign, Hear(Host));       // the old stream, from the host that comes first of all others
        }
        Assert.NotEqual(SourceVerdict.Foreign, Hear(Moved));       // from where it is signalled now it counts
    }

    [Fact]
    public void The_new_address_is_heard_with_its_first_packet_while_the_old_one_trails()
    {
        Expect(Public);
        for (int i = 0; i < 10; i++, Pass(20)) Hear(Signalled);
        Expect(Public with { Signalled = Moved });
        Hear(Signalled);
        Assert.Equal(SourceVerdict.Learnt, Hear(Moved, 0xF00D));
        Hear(Signalled);
        Assert.Equal(SourceVerdict.Accepted, Hear(Moved, 0xF00D));
    }

    [Fact]
    public void An_old_address_counts_again_when_it_is_signalled_again()
    {
        Expect(Public);
        Hear(Signalled);
        Expect(Public with { Signalled = Moved });
        Hear(Moved, 0xF00D);
        Expect(Public);
        Assert.NotEqual(SourceVerdict.Foreign, Hear(Signalled));
        Assert.Equal(SourceVerdict.Foreign, Hear(Moved, 0xF00D));
    }

    [Fact]
    public void After_two_seconds_the_old_address_is_like_any_other()
    {
        Expect(Public with { Signalled = Host });
        Hear(Host);
        Expect(Public with { Signalled = Moved });
        Spray(Host, milliseconds: 1_980);
        Assert.Equal(Moved, _learner.Remote);
        Spray(Host, milliseconds: 200);
        Assert.Equal(Host, _learner.Remote);
    }

    [Fact]
    public void A_learnt_place_is_barred_when_media_moves_to_another_usable_address()
    {
        Expect(BehindNat);
        Hear(Host);
        Expect(Public with { Signalled = Moved });
        Assert.Equal(SourceVerdict.Foreign, Hear(Host));
        Assert.Equal(Moved, _learner.Remote);
    }

    [Fact]
    public void Where_media_moves_to_an_address_that_we_may_not_send_to_the_signalling_host_is_taken_at_once()
    {
        Expect(Public);
        Hear(Signalled);
        Expect(BehindNat);
        Assert.Equal((Behind, false), (_learner.Remote, _learner.MaySend));
        Assert.Equal(SourceVerdict.Foreign, Hear(Signalled));
        Assert.Equal(SourceVerdict.Learnt, Hear(Host));
    }

    [Fact]
    public void Each_far_end_of_a_forked_call_learns_for_itself()
    {
        Expect(BehindNat);
        Hear(Host);
        // The other one stands behind another NAT, and happens to have the same private address.
        Expect(BehindNat with { Dialog = 1, Signalling = Stranger });
        Assert.False(_learner.MaySend);
        Assert.Equal(SourceVerdict.Foreign, Hear(Host));
        Assert.Equal(SourceVerdict.Learnt, Hear(Stranger, Foreign));

        // The first one answers after all: what it taught counts again.
        Expect(BehindNat);
        Assert.Equal((Host, true), (_learner.Remote, _learner.MaySend));
        Assert.NotEqual(SourceVerdict.Foreign, Hear(Host));
        Assert.Equal(SourceVerdict.Foreign, Hear(Stranger, Foreign));
    }

    [Fact]
    public void A_new_tag_with_the_same_address_is_the_same_far_end()
    {
        Expect(BehindNat);
        Hear(Host);
        Expect(BehindNat with { Dialog = 1 });
        Assert.Equal((Host, SourceVerdict.Accepted), (_learner.Remote, Hear(Host)));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void A_NAT_binding_that_moved_is_followed_when_the_old_one_fell_silent(bool mayAdjust)
    {
        Expect(Public with { MayAdjust = mayAdjust });
        for (int i = 0; i < 50; i++, Pass(20)) Hear(Signalled);
        for (int i = 0; i < 49; i++, Pass(20)) Assert.Equal(SourceVerdict.Foreign, Hear(Stranger));
        Assert.Equal(SourceVerdict.Learnt, Hear(Stranger));
        Assert.Equal(Stranger, _learner.Remote);
    }

    [Theory]
    [InlineData(3_000, true), InlineData(3_001, false), InlineData(0, false), InlineData(-5, false)]
    public void It_is_the_same_stream_only_where_the_sequence_goes_on(int ahead, bool isFollowed)
    {
        Expect(Public with { MayAdjust = false });
        Hear(Signalled);
        Pass(2_000);
        Assert.Equal(isFollowed, _learner.Judge(Stranger, Theirs, (ushort)(_sequences[Theirs] + ahead), _now) is SourceVerdict.Learnt);
    }

    [Fact]
    public void A_binding_that_moved_during_a_hold_is_followed_at_once()
    {
        Expect(BehindNat);
        Hear(Host);
        Expect(BehindNat with { IsExpected = false });
        Pass(60_000);
        Expect(BehindNat);
        Assert.Equal(SourceVerdict.Learnt, Hear(HostOther));
    }

    [Fact]
    public void Reports_count_from_the_streams_own_ports_or_with_its_SSRC_and_never_from_another_host()
    {
        Expect(Public);
        Hear(Signalled);
        var apart = Signalled with { Port = 9 };
        Assert.True(_learner.HearsControl(Signalled, Foreign, default));
        Assert.True(_learner.HearsControl(Signalled with { Port = 4001 }, Foreign, default));
        Assert.True(_learner.HearsControl(apart, Foreign, apart));
        Assert.True(_learner.HearsControl(apart, Theirs, default));
        Assert.False(_learner.HearsControl(apart, Foreign, default));
        Assert.False(_learner.HearsControl(Stranger, Theirs, Stranger));
        Assert.False(_learner.HearsControl(Host, Theirs, default));
    }

    [Fact]
    public void So_many_old_places_are_barred_at_a_time_and_no_more()
    {
        for (int extra = 0; extra <= 1; extra++)
        {
            var bars = new BarredSources();
            for (int i = 0; i < Limits.BarredSources + extra; i++) bars.Add(At(0x0101_0101, (ushort)(1000 + i)), null, _now);
            Assert.Equal(extra == 0, bars.Has(At(0x0101_0101, 1000), 1, default, _now));
            Assert.True(bars.Has(At(0x0101_0101, 1001), 1, default, _now));
        }
    }

    [Fact]
    public void What_so_many_far_ends_taught_is_kept_and_of_one_more_it_is_not()
    {
        for (int i = 0; i <= Limits.Forks + 1; i++)
        {
            Expect(BehindNat with { Dialog = i, Signalled = Behind with { Port = (ushort)(2000 + i) } });
            _learner.Judge(Host with { Port = (ushort)(3000 + i) }, (uint)i, 1, _now);
        }
        Expect(BehindNat with { Dialog = Limits.Forks - 1, Signalled = Behind with { Port = (ushort)(2000 + Limits.Forks - 1) } });
        Assert.Equal((true, 3000 + Limits.Forks - 1), (_learner.MaySend, _learner.Remote.Port));
        Expect(BehindNat with { Dialog = Limits.Forks, Signalled = Behind with { Port = (ushort)(2000 + Limits.Forks) } });
        Assert.False(_learner.MaySend);
    }

    [Fact]
    public void Judging_keeps_to_its_budget()
    {
        Expect(Public);
        Hear(Signalled);
        Expect(Public with { Signalled = Moved });
        Hear(Moved, 7);
        AllocationBudget.Holds("rtp: source judged", 3 * 1_990, () =>
        {
            for (ushort i = 10; i < 2000; i++)
            {
                _now += TimeSpan.FromMilliseconds(1);
                _learner.Judge(Moved, 7, i, _now);
                _learner.Judge(Stranger, Foreign, i, _now);
                _learner.Judge(Host, Theirs, i, _now);
            }
        });
    }

    private static MediaAddress At(uint address, ushort port) => new(0, address, port, false);

    private void Expect(SourceTerms terms) => _learner.Expect(terms, _now);

    private void Pass(int milliseconds) => _now += TimeSpan.FromMilliseconds(milliseconds);

    private SourceVerdict Hear(MediaAddress from, uint source = Theirs)
    {
        ushort sequence = _sequences[source] = (ushort)(_sequences.GetValueOrDefault(source) + 1);
        return _learner.Judge(from, source, sequence, _now);
    }

    private void Spray(MediaAddress from, int milliseconds, uint source = Foreign)
    {
        for (int i = 0; i < milliseconds / 20; i++)
        {
            Hear(from, source);
            Pass(20);
        }
    }
}

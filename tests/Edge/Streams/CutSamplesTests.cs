using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>Samples of two bytes as a network cuts them, and an application hands them on.</summary>
public sealed class CutSamplesTests
{
    [Theory, InlineData(false), InlineData(true)]
    public async Task Halves_of_samples_are_put_together(bool isLittleEndian)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: o => o with { IsLittleEndian = isLittleEndian });
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("L16", 16_000)));
        customer.Begin();
        var sine = Waves.Sine(440, 16_000, 400);
        byte[] sent = Waves.Linear(sine, isLittleEndian);
        // An odd length, an even one between two samples, an odd one, one byte, and the rest.
        int from = 0;
        foreach (int to in (int[])[4_063, 8_159, 9_856, 9_857, sent.Length])
        {
            await customer.SendMediaAsync(sent[from..to]);
            from = to;
        }
        await Eventually.TrueAsync(() => tap.Waiting == sine.Length, "400 ms");
        tap.Play(1_000);
        Assert.Equal(sine, tap.Played);
        Assert.Empty(customer.Drain());
    }

    [Fact]
    public async Task Silence_between_halves_is_none_that_begins_anew()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("L16", 16_000)));
        customer.Begin();
        // The first byte of 1,024 says something, the other one nothing.
        short[] sine = Waves.Sine(440, 16_000, 100), sound = [.. sine, 1_024, .. new short[1_599], .. sine];
        byte[] sent = Waves.Linear(sound, isLittleEndian: false);
        await customer.SendMediaAsync(sent[..3_201]);
        await customer.SendMediaAsync(sent[3_201..5_201]);
        await customer.SendMediaAsync(sent[5_201..]);
        await Eventually.TrueAsync(() => tap.Waiting == sound.Length, "300 ms");
        tap.Play(1_000);
        Assert.Equal(sound, tap.Played);
    }

    [Fact]
    public async Task Half_a_sample_that_nothing_goes_on_with_is_let_go()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("L16", 16_000)));
        customer.Begin();
        short[] sine = Waves.Sine(440, 16_000, 100), both = [.. sine, .. sine];
        byte[] sent = Waves.Linear(sine, isLittleEndian: false);
        await customer.SendMediaAsync([.. sent, 0x40]);
        await customer.SendMediaAsync(sent);
        await Eventually.TrueAsync(() => tap.Waiting == both.Length, "200 ms");
        tap.Play(1_000);
        Assert.Equal(both, tap.Played);
        Assert.Empty(customer.Drain());
    }
}

using System.Buffers.Binary;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>What a service of voices sends as it comes, and an application hands on so: cut within samples, file behind file.</summary>
public sealed class CutPayloadTests
{
    [Theory, InlineData(0u), InlineData(uint.MaxValue), InlineData(160u)]
    public async Task Heads_of_further_files_are_stepped_over_wherever_they_begin(uint length)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        byte[] sent = [.. Waves.Sine(440, 8_000, 60).Select(sample => Waves.Nearest(Waves.MuLaw, sample))];
        byte[] header = WavFile.Make(0, 8_000, _ => 0);
        (header[20], header[32], header[34]) = (7, 1, 8);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), length);
        await customer.SendMediaAsync([.. header, .. sent[..160], .. header, .. sent[160..200]]);
        await customer.SendMediaAsync([.. sent[200..320], .. header, .. sent[320..]]);
        await Eventually.TrueAsync(() => tap.Waiting == 480, "60 ms");
        tap.Play(1_000);
        Assert.Equal(sent.Select(code => (short)Waves.MuLaw(code)), tap.Played);
        Assert.Empty(customer.Drain());
    }

    [Theory, InlineData(false, 1_371), InlineData(true, 1_371), InlineData(true, 641), InlineData(false, 161)]
    public async Task Samples_that_are_cut_in_two_are_put_together(bool isLittleEndian, int bytes)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: o => o with { IsLittleEndian = isLittleEndian });
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("L16", 16_000)));
        customer.Begin();
        var sine = Waves.Sine(440, 16_000, 200);
        byte[] sent = Waves.Linear(sine, isLittleEndian);
        foreach (byte[] part in sent.Chunk(bytes)) await customer.SendMediaAsync(part);
        await customer.SendMarkAsync("all");
        await Eventually.TrueAsync(() => tap.Waiting == sine.Length, "all of it");
        tap.Play(1_000);
        Assert.Equal(sine, tap.Played);
    }

    [Fact]
    public async Task Half_a_sample_that_was_lost_makes_no_noise_of_what_comes_behind()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, into: new("L16", 16_000)));
        customer.Begin();
        var sine = Waves.Sine(440, 16_000, 200);
        byte[] sent = Waves.Linear(sine, isLittleEndian: false);
        await customer.SendMediaAsync(sent[..3_201]);
        await customer.SendMediaAsync(sent[3_202..]);
        await customer.SendMarkAsync("all");
        await Eventually.TrueAsync(() => tap.Waiting == sine.Length - 1, "all that came");
        tap.Play(1_000);
        Assert.Equal([.. sine[..1_600], .. sine[1_601..]], tap.Played);
    }
}

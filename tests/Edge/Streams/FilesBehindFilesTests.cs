using System.Buffers.Binary;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>What a service of voices sends as it comes, and an application hands on so: file behind file.</summary>
public sealed class FilesBehindFilesTests
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

    [Fact]
    public async Task A_frame_with_a_file_that_is_refused_is_not_played_at_all()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        byte[] sent = [.. Waves.Sine(440, 8_000, 20).Select(sample => Waves.Nearest(Waves.MuLaw, sample))];
        byte[] linear = WavFile.Make(0, 8_000, _ => 0), header = [.. linear];
        (header[20], header[32], header[34]) = (7, 1, 8);
        await customer.SendMediaAsync([.. header, .. sent, .. sent, .. linear, .. sent]);
        Assert.StartsWith("The payload is a file (WAV)", customer.NextError().Detail, StringComparison.Ordinal);
        await customer.SendMediaAsync([.. header, .. sent]);
        await Eventually.TrueAsync(() => tap.Waiting == 160, "20 ms");
        tap.Play(1_000);
        Assert.Equal(sent.Select(code => (short)Waves.MuLaw(code)), tap.Played);
        Assert.Empty(customer.Drain());
    }
}

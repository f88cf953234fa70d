using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class RtcpTests
{
    private static readonly ReportBlock Block = new(0xCAFE, 64, -5, 70_000, 12, 0x1234_5678, 65_536);

    [Fact]
    public void A_sender_report_with_block_name_and_goodbye_is_read_as_it_was_written()
    {
        var bytes = new byte[RtcpWriter.MostBytes];
        int length = RtcpWriter.Write(bytes, 0xBEEF, new(0x0000_1111_2222_3333, 160, 7, 1120), Block, "abcdef"u8, isBye: true);

        var reader = new RtcpReader(bytes.AsSpan(0, length));
        Assert.True(reader.TryNext(out var report));
        Assert.Equal((RtcpType.SenderReport, 1, 0xBEEFu, 0x1111_2222u), (report.Type, report.Count, report.Source, report.MiddleTime));
        Assert.True(report.TryBlock(0, out var block));
        Assert.Equal(Block, block);
        Assert.False(report.TryBlock(1, out _));
        Assert.True(reader.TryNext(out var description));
        Assert.Equal(RtcpType.SourceDescription, description.Type);
        Assert.Equal("abcdef", System.Text.Encoding.ASCII.GetString(description.Body.Slice(6, description.Body[5])));
        Assert.True(reader.TryNext(out var bye));
        Assert.Equal((RtcpType.Bye, 0xBEEFu), (bye.Type, bye.Source));
        Assert.False(reader.TryNext(out _));
    }

    [Fact]
    public void Who_sent_nothing_writes_a_receiver_report()
    {
        var bytes = new byte[RtcpWriter.MostBytes];
        int length = RtcpWriter.Write(bytes, 1, null, null, "x"u8, isBye: false);

        var reader = new RtcpReader(bytes.AsSpan(0, length));
        Assert.True(reader.TryNext(out var report));
        Assert.Equal((RtcpType.ReceiverReport, 0), (report.Type, report.Count));
        Assert.Equal(0, length % 4);
    }

    [Fact]
    public void The_longest_compound_fits()
    {
        var bytes = new byte[RtcpWriter.MostBytes];
        Assert.InRange(RtcpWriter.Write(bytes, 1, new(), Block, new byte[32], isBye: true), 1, RtcpWriter.MostBytes);
    }

    [Fact]
    public void A_cut_packet_ends_the_walk()
    {
        var bytes = new byte[RtcpWriter.MostBytes];
        int length = RtcpWriter.Write(bytes, 1, new(), Block, "x"u8, isBye: false);
        for (int cut = 0; cut < length; cut++)
        {
            var reader = new RtcpReader(bytes.AsSpan(0, cut));
            int packets = 0;
            while (reader.TryNext(out _)) packets++;
            Assert.Equal(cut < 52 ? 0 : 1, packets);
        }
    }

    [Fact]
    public void A_block_that_the_packet_does_not_hold_is_not_read()
    {
        byte[] lying = [0x9F, 201, 0, 1, 0, 0, 0, 9];
        var reader = new RtcpReader(lying);
        Assert.True(reader.TryNext(out var report));
        Assert.False(report.TryBlock(0, out _));
    }
}

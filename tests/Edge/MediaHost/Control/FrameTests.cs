using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.MediaHost.Control;

namespace Ringwright.Edge.MediaHost.Control;

/// <summary>What goes over the control socket comes out as it was; what is not whole is noticed, and nothing throws.</summary>
public sealed class FrameTests
{
    private readonly FrameWriter _writer = new();

    public static TheoryData<string> Commands => [.. Filled.KindsOf(typeof(MediaCommand)).Select(t => t.Name)];
    /// <summary>The far end never says that it is gone.</summary>
    public static TheoryData<string> Events =>
        [.. Filled.KindsOf(typeof(MediaEvent)).Where(t => t != typeof(MediaEvent.Lost)).Select(t => t.Name)];

    [Theory, MemberData(nameof(Commands))]
    public void Every_command_arrives_with_every_field(string kind)
    {
        var command = (MediaCommand)Filled.Make(Type<MediaCommand>(kind), new Random(7));
        CommandFrames.Write(_writer, command);
        var (frame, fields) = Fields();
        Filled.AssertSame(command, CommandFrames.Read(frame, ref fields), kind);
        Assert.True(fields.IsWhole);
    }

    [Theory, MemberData(nameof(Events))]
    public void Every_event_arrives_with_every_field(string kind)
    {
        var happened = (MediaEvent)Filled.Make(Type<MediaEvent>(kind), new Random(7));
        EventFrames.Write(_writer, happened);
        var (frame, fields) = Fields();
        Filled.AssertSame(happened, EventFrames.Read(frame, ref fields), kind);
        Assert.True(fields.IsWhole);
    }

    [Fact]
    public void What_may_be_missing_may_be_missing()
    {
        MediaCommand[] commands =
        [
            new MediaCommand.Connect(new(1), new() { Codec = new("PCMU", 0, 8000, 8000), Remote = new IPEndPoint(IPAddress.Loopback, 9) }),
            new MediaCommand.Play(new(1), Guid.NewGuid(), "/prompt", 0),
            new MediaCommand.Ringback(new(1), null),
            new MediaCommand.StartRecord(new(1), new() { Id = Guid.NewGuid() }),
            new MediaCommand.JoinRoom(new(1), new(2), new()),
        ];
        foreach (var command in commands)
        {
            CommandFrames.Write(_writer, command);
            var (kind, fields) = Fields();
            Assert.Equal(command, CommandFrames.Read(kind, ref fields));
            Assert.True(fields.IsWhole);
        }
    }

    [Fact]
    public void A_hello_and_the_rest_arrive()
    {
        var hello = (Hello)Filled.Make(typeof(Hello), new Random(7));
        Hello.Write(_writer, hello);
        var (_, fields) = Fields();
        Filled.AssertSame(hello, Hello.Read(ref fields), "hello");
        Assert.True(fields.IsWhole);

        var file = (RecordedFile)Filled.Make(typeof(RecordedFile), new Random(7));
        var id = Guid.NewGuid();
        RecordingFrames.Written(_writer, (id, file));
        (_, fields) = Fields();
        var (writtenId, written) = RecordingFrames.Written(ref fields);
        Assert.Equal(id, writtenId);
        Filled.AssertSame(file, written, "file");

        PortFrames.Open(_writer, (new PortId(3), new Subject(SubjectKind.Conference, UInt128.MaxValue)));
        (_, fields) = Fields();
        Assert.Equal((new PortId(3), new Subject(SubjectKind.Conference, UInt128.MaxValue)), PortFrames.Open(ref fields));
    }

    [Fact]
    public void A_list_of_all_ports_that_there_can_be_fits()
    {
        PortFrames.Bound(_writer, (0, [.. Enumerable.Range(0, 24_576).Select(i => (ushort)i)]));
        _writer.End();
        var (_, fields) = Fields();
        Assert.Equal(24_576, PortFrames.Bound(ref fields).Ports.Length);
        Assert.True(fields.IsWhole);
    }

    [Fact]
    public void Truncated_and_changed_frames_are_noticed_or_harmless()
    {
        var random = new Random(20_261_120);
        var frames = new List<byte[]>();
        foreach (var type in Filled.KindsOf(typeof(MediaCommand)))
        {
            CommandFrames.Write(_writer, (MediaCommand)Filled.Make(type, random));
            frames.Add(_writer.Frame[FrameWriter.LengthBytes..].ToArray());
        }
        foreach (var type in Filled.KindsOf(typeof(MediaEvent)).Where(t => t != typeof(MediaEvent.Lost)))
        {
            EventFrames.Write(_writer, (MediaEvent)Filled.Make(type, random));
            frames.Add(_writer.Frame[FrameWriter.LengthBytes..].ToArray());
        }
        foreach (byte[] frame in frames)
        {
            for (int length = 1; length < frame.Length; length++)
                Assert.False(Reads(frame.AsSpan(0, length)), "a frame without its end is not whole");
            Assert.False(Reads([.. frame, 0]), "a frame with more than its end is not whole");
        }
        for (int i = 0; i < 100_000; i++)
        {
            byte[] changed = [.. frames[random.Next(frames.Count)]];
            for (int changes = random.Next(1, 4); changes > 0; changes--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Reads(changed);
        }
    }

    private static bool Reads(ReadOnlySpan<byte> frame)
    {
        var fields = new FrameReader(frame[1..]);
        bool isKnown = CommandFrames.Read((FrameKind)frame[0], ref fields) is not null;
        if (isKnown && fields.IsWhole) return true;
        fields = new FrameReader(frame[1..]);
        return EventFrames.Read((FrameKind)frame[0], ref fields) is not null && fields.IsWhole;
    }

    private static Type Type<T>(string kind) => typeof(T).GetNestedType(kind)!;

    private FieldsOf Fields()
    {
        var frame = _writer.Frame[FrameWriter.LengthBytes..];
        return new((FrameKind)frame[0], new FrameReader(frame[1..]));
    }

    private readonly ref struct FieldsOf(FrameKind kind, FrameReader fields)
    {
        private readonly FrameReader _fields = fields;

        public void Deconstruct(out FrameKind frame, out FrameReader read)
        {
            frame = kind;
            read = _fields;
        }
    }
}
